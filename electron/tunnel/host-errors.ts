import { z } from 'zod';
import type { TunnelError } from '../shared/tunnel-error';

/** The parser of errors that cross from the tunnel host to the main process. */

/** A TCP port. */
export const port = z.number().int().min(1).max(65_535);

export const phase = z.enum([
  'reserving-port',
  'reaching-server',
  'verifying-host',
  'signing-in',
  'greeting',
]);
const method = z.enum(['agent', 'key', 'keyboard-interactive', 'password']);
const needed = z.enum(['host-key', 'passphrase', 'password', 'code']);
const keyTrouble = z.enum([
  'missing',
  'unreadable',
  'not-a-key',
  'public-key',
  'wrong-passphrase',
  'damaged',
  'hardware-key',
  'dsa',
  'certificate',
  'unsupported',
]);
const proxyReason = z.enum([
  'forbidden',
  'sign-in-needed',
  'sign-in-refused',
  'not-a-proxy',
  'no-forwarding',
  'other',
]);
const notMade = z.enum(['exists', 'not-written']);
const notInstalled = z.enum(['no-files', 'no-shell', 'not-allowed', 'not-proven']);
const s = z.string();

/** One row a kind of `TunnelError`: up to a sign-in that was refused. */
const upToSignIn = () =>
  [
    z.object({
      kind: z.literal('port-in-use'),
      address: s,
      port,
      holder: s.nullable(),
      nextFree: port.nullable(),
    }),
    z.object({ kind: z.literal('port-forbidden'), address: s, port }),
    z.object({ kind: z.literal('address-unavailable'), address: s, port }),
    z.object({ kind: z.literal('host-not-found'), host: s, detail: s }),
    z.object({ kind: z.literal('connection-refused'), host: s, port, detail: s }),
    z.object({ kind: z.literal('unreachable'), host: s, port, detail: s }),
    z.object({ kind: z.literal('timed-out'), host: s, phase, detail: s }),
    z.object({ kind: z.literal('proxy-failed'), host: s, port, reason: proxyReason, detail: s }),
    z.object({ kind: z.literal('not-ssh'), host: s, port, detail: s }),
    z.object({
      kind: z.literal('no-common-algorithm'),
      host: s,
      what: s,
      offers: z.array(s).readonly(),
      needs: z.array(s).readonly(),
      oldServerHelps: z.boolean(),
      detail: s,
    }),
    z.object({
      kind: z.literal('host-key-changed'),
      host: s,
      port,
      algorithm: s,
      knownFingerprint: s,
      presentedFingerprint: s,
      knownAt: s,
    }),
    z.object({ kind: z.literal('host-key-revoked'), host: s, fingerprint: s, knownAt: s }),
    z.object({
      kind: z.literal('known-hosts-unusable'),
      path: s,
      why: z.enum(['unreadable', 'unwritable']),
      detail: s,
    }),
    z.object({
      kind: z.literal('sign-in-refused'),
      user: s,
      host: s,
      tried: z.array(method).readonly(),
      serverSays: s,
      detail: s,
    }),
  ] as const;

/** And from there on. */
const afterwards = () =>
  [
    z.object({
      kind: z.literal('no-way-to-sign-in'),
      user: s,
      host: s,
      offered: z.array(s).readonly(),
      detail: s,
    }),
    z.object({ kind: z.literal('key-unusable'), path: s, why: keyTrouble, detail: s }),
    z.object({ kind: z.literal('key-not-made'), path: s, why: notMade, detail: s }),
    z.object({ kind: z.literal('key-not-installed'), host: s, why: notInstalled, detail: s }),
    z.object({
      kind: z.literal('agent-unavailable'),
      why: z.enum(['gone', 'key-missing', 'key-unusable', 'not-signed']),
      detail: s,
    }),
    z.object({ kind: z.literal('answer-needed'), what: needed, host: s }),
    z.object({ kind: z.literal('cancelled-by-person'), what: needed }),
    z.object({ kind: z.literal('no-network') }),
    z.object({ kind: z.literal('connection-lost'), host: s, detail: s }),
    z.object({
      kind: z.literal('forward-refused'),
      mailHost: s,
      mailPort: port,
      reason: z.enum(['prohibited', 'refused', 'not-found', 'other']),
      detail: s,
    }),
    z.object({ kind: z.literal('no-greeting'), mailHost: s, mailPort: port, detail: s }),
    z.object({
      kind: z.literal('wrong-greeting'),
      mailHost: s,
      mailPort: port,
      expected: s,
      got: s,
    }),
    z.object({
      kind: z.literal('certificate-refused'),
      mailHost: s,
      mailPort: port,
      reason: z.enum(['wrong-name', 'expired', 'not-yet-valid', 'unknown-issuer', 'other']),
      detail: s,
    }),
    z.object({
      kind: z.literal('tls-failed'),
      mailHost: s,
      mailPort: port,
      reason: z.enum(['tls-there', 'plain-there', 'no-starttls', 'tampered', 'no-agreement']),
      detail: s,
    }),
    z.object({ kind: z.literal('engine-stopped'), detail: s }),
    z.object({ kind: z.literal('unexpected'), detail: s }),
  ] as const;

/** Made when the first error is read. */
const rows = z.lazy(() => z.discriminatedUnion('kind', [...upToSignIn(), ...afterwards()]));

/** Compiles only while the rows read every error there is, and nothing else: what is not read never reaches a person. */
export const errorSchema: [TunnelError] extends [z.infer<typeof rows>]
  ? z.ZodType<TunnelError>
  : never = rows;
