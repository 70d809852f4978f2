import { makeKey, type TestKey } from '../world/ssh-keys.ts';
import { startSshd, type Sshd } from '../world/sshd.ts';
import { startMailmole, type MailmoleHost, type Task } from './carriers.ts';
import type { Measure, RowResult } from './figures.ts';
import {
  HERE_ITSELF,
  layLine,
  SERVER,
  startLoad,
  type LineSpec,
  type Load,
  type Place,
} from './place.ts';

/** One row of the table. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** What it is measured against. */
  readonly peer: string;
  /** How many rounds there are when nobody says otherwise. */
  readonly rounds: number;
  readonly run: (rounds: number, say: (text: string) => void) => Promise<Outcome>;
}

export type Outcome = Pick<RowResult, 'measures' | 'notes'>;

/** Everything that a row about tunnels needs. */
export interface Stage {
  readonly place: Place;
  readonly sshd: Sshd;
  readonly key: TestKey;
  readonly load: Load;
  readonly mailmole: MailmoleHost;
  readonly task: (mail: readonly number[], more?: Partial<Task>) => Task;
}

/** Sets up a line (none for this computer itself), an SSH server, Mailmole and the mail programs around `work`. */
export async function onStage<T>(
  line: LineSpec | null,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const place = line === null ? HERE_ITSELF : await layLine(line);
    undo.push(() => place.leave());
    const key = await makeKey({ type: 'ed25519', name: 'bench' });
    const addresses = line === null ? ['127.0.0.1'] : ['127.0.0.1', SERVER];
    const sshd = await startSshd({
      authorizedKeys: [key],
      config: { ListenAddress: addresses, LogLevel: 'INFO', MaxStartups: '500:30:1000' },
    });
    undo.push(() => sshd.stop());
    const mailmole = await startMailmole(place);
    undo.push(() => mailmole.stop());
    const load = startLoad(place);
    undo.push(() => load.stop());
    const task = (mail: readonly number[], more: Partial<Task> = {}) => ({
      place,
      sshd,
      key,
      mail,
      ...more,
    });
    return await work({ place, sshd, key, load, mailmole, task });
  } finally {
    for (const step of undo.reverse()) await step().catch((error: unknown) => console.error(error));
  }
}

/** What one of the two came to in one round, by the names of the measures. */
export type Taken<K extends string> = Readonly<Record<K, number>>;

/**
 * Lets the two take turns, so that what else the machine does meets both. Who is first changes every round.
 */
export async function interleave<K extends string>(
  rounds: number,
  say: (text: string) => void,
  both: { readonly peer: () => Promise<Taken<K>>; readonly mailmole: () => Promise<Taken<K>> },
): Promise<Record<'peer' | 'mailmole', Taken<K>[]>> {
  const taken = { peer: [] as Taken<K>[], mailmole: [] as Taken<K>[] };
  for (let round = 0; round < rounds; round++) {
    const order =
      round % 2 === 0 ? (['peer', 'mailmole'] as const) : (['mailmole', 'peer'] as const);
    for (const who of order) taken[who].push(await both[who]());
    say(
      `round ${round + 1}: ${JSON.stringify(taken.peer.at(-1))} ${JSON.stringify(taken.mailmole.at(-1))}`,
    );
  }
  return taken;
}

/** One of the measures that `interleave` took. */
export function measureOf<K extends string>(
  taken: Record<'peer' | 'mailmole', Taken<K>[]>,
  key: K,
  rest: Pick<Measure, 'what' | 'unit' | 'goal'>,
  scale = 1,
): Measure {
  const values = (who: 'peer' | 'mailmole') => taken[who].map((round) => round[key] * scale);
  return { ...rest, peer: values('peer'), mailmole: values('mailmole') };
}
