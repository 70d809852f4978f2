import { z } from 'zod';

const port = z.number().int().min(0).max(65535);
const boundPort = port.min(1);

/** What the main process tells the practice host. */
const TO_HOST = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    /** Absolute path of the practice mailbox's folder. */
    folder: z.string().min(1),
    /** 0 takes any free port. */
    ports: z.object({ ssh: port, pop3: port }),
    /** Take another port when a wished one is in use, or fail? */
    otherPortsWillDo: z.boolean(),
  }),
  z.object({ kind: z.literal('stop') }),
]);
export type ToPracticeHost = z.infer<typeof TO_HOST>;

/** Why the practice servers could not start, or went away. `folder`: its files cannot be read or written. */
const PROBLEM = z.enum(['port-taken', 'folder', 'late', 'stopped', 'unexpected']);
export type PracticeProblem = z.infer<typeof PROBLEM>;

/** Something is wrong with the practice mailbox: `message` is a sentence for a person, `detail` the raw text. */
export class PracticeError extends Error {
  override readonly name = 'PracticeError';
  readonly problem: PracticeProblem;
  readonly detail: string;

  constructor(problem: PracticeProblem, sentence: string, detail: string) {
    super(sentence);
    this.problem = problem;
    this.detail = detail;
  }
}

const READY = z.object({
  kind: z.literal('ready'),
  sshPort: boundPort,
  pop3Port: boundPort,
  user: z.string(),
  keyPath: z.string(),
  /** Of the practice key: for everyone to read, see practice-keys.ts. */
  passphrase: z.string(),
});
export type PracticeReady = z.infer<typeof READY>;

/** What the practice host tells the main process. */
const FROM_HOST = z.discriminatedUnion('kind', [
  READY,
  z.object({
    kind: z.literal('failed'),
    problem: PROBLEM,
    /** A sentence for a person. */
    sentence: z.string(),
    /** The raw text, for Details. */
    detail: z.string(),
  }),
]);
export type FromPracticeHost = z.infer<typeof FROM_HOST>;

/** Reads a message that arrived in the practice host; null when it is none of ours. */
export function parseToHost(message: unknown): ToPracticeHost | null {
  return TO_HOST.safeParse(message).data ?? null;
}

/** Reads a message that arrived in the main process; null when it is none of ours. */
export function parseFromHost(message: unknown): FromPracticeHost | null {
  return FROM_HOST.safeParse(message).data ?? null;
}
