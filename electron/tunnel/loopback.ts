import { isIPv4 } from 'node:net';

/**
 * The addresses that a forward's local address stands for. `localhost` is two: if only one of them were ours, a
 * program that tries the other first would give its password to whoever holds that.
 *
 * @throws Error for an address that is not of the loopback interface: mail must not be offered to the network
 */
export function addressesOf(localAddress: string): readonly string[] {
  if (localAddress === 'localhost') return ['127.0.0.1', '::1'];
  if (isLoopback(localAddress)) return [localAddress];
  throw new Error(`${localAddress} is not an address of this computer alone`);
}

/** Is this one address of the loopback interface, or its name? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
