import type { Account, Forward } from '../shared/account';
import type { FindFreePort } from './local-ports';

export interface DuplicateParts {
  readonly findFreePort: FindFreePort;
  readonly newId: () => string;
  /** What the copy of a mailbox is called; `number` is 1 for the first. */
  readonly copyName: (name: string, number: number) => string;
}

/** Another mailbox like this one: a name and local ports that no other has, and switched off. */
export async function duplicateOf(
  account: Account,
  all: readonly Account[],
  { findFreePort, newId, copyName }: DuplicateParts,
): Promise<Account> {
  const names = new Set(all.map(({ name }) => name.toLowerCase()));
  let number = 1;
  while (names.has(copyName(account.name, number).toLowerCase())) number += 1;
  const taken = new Set(all.flatMap(({ forwards }) => forwards.map(({ localPort }) => localPort)));
  const forwards: Forward[] = [];
  for (const forward of account.forwards) {
    const localPort = await findFreePort(forward.localAddress, forward.localPort, taken);
    taken.add(localPort);
    forwards.push({ ...forward, id: newId(), localPort });
  }
  return {
    ...account,
    id: newId(),
    name: copyName(account.name, number),
    forwards,
    wanted: false,
  };
}
