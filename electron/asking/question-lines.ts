import type { Translate } from '../shared/messages';
import type { CodeQuestion, OpenPrompt, PromptAnswer, PromptRequest } from '../shared/prompt';

/** One line to be answered. */
export interface Line {
  /** What is asked, for which mailbox; the last line of it stands before the answer. */
  readonly text: string;
  /** May the answer be seen while it is typed? */
  readonly echo: boolean;
  readonly asks: PromptRequest['kind'];
  readonly mailbox: string;
}

/** Asks one line; null when it was declined or taken back. */
export type AskLine = (line: Line, signal: AbortSignal) => Promise<string | null>;

/** A question about a host key is asked this often before it counts as declined. */
const HOST_KEY_TRIES = 3;
const CANCEL: PromptAnswer = { kind: 'cancel' };
const [YES, NO] = ['yes', 'no'];

/** Asks everything that a question consists of, line by line. */
export async function askLines(
  { request, accountName }: OpenPrompt,
  askLine: AskLine,
  t: Translate,
  signal: AbortSignal,
): Promise<PromptAnswer> {
  const mailbox = oneLine(accountName);
  const ask = (lines: readonly string[], echo: boolean): Promise<string | null> => {
    const text = [t('prompts:for', { name: mailbox }), ...lines].join('\n');
    return askLine({ text, echo, asks: request.kind, mailbox }, signal);
  };
  switch (request.kind) {
    case 'host-key':
      return askHostKey(request, ask, t);
    case 'passphrase':
    case 'password': {
      const secret = await ask(secretLines(request, t), false);
      return secret === null ? CANCEL : { kind: 'secret', secret };
    }
    case 'code':
      return askCodes(request, ask, t);
  }
}

type Ask = (lines: readonly string[], echo: boolean) => Promise<string | null>;
type RequestOf<K extends PromptRequest['kind']> = Extract<PromptRequest, { kind: K }>;

function secretLines(
  request: RequestOf<'passphrase'> | RequestOf<'password'>,
  t: Translate,
): readonly string[] {
  if (request.kind === 'password') {
    const { wrongBefore } = request;
    const names = { user: oneLine(request.user), host: oneLine(request.host) };
    return [...(wrongBefore ? [t('prompts:password.wrong')] : []), t('asking:password', names)];
  }
  const { wrongBefore, triesLeft, keyPath } = request;
  return [
    ...(wrongBefore ? [t('prompts:passphrase.wrong', { count: triesLeft })] : []),
    t('asking:passphrase', { file: oneLine(keyPath) }),
  ];
}

/** As OpenSSH asks: `yes`, `no`, or the fingerprint itself, which proves that it was compared. */
async function askHostKey(
  request: RequestOf<'host-key'>,
  ask: Ask,
  t: Translate,
): Promise<PromptAnswer> {
  const { host, port, algorithm, fingerprint, otherKeyKnown, authorityKnown } = request;
  const words = { yes: YES, no: NO };
  const first = [
    t('asking:host-key', { host: oneLine(host), port: String(port) }),
    ...(otherKeyKnown ? [t('prompts:host-key.other-known')] : []),
    ...(authorityKnown ? [t('prompts:host-key.authority-known')] : []),
    `${t('prompts:host-key.fingerprint', { algorithm: oneLine(algorithm) })}: ${fingerprint}`,
    t('asking:trust', words),
  ];
  for (let tries = 0; tries < HOST_KEY_TRIES; tries += 1) {
    const said = (await ask(tries === 0 ? first : [t('asking:trust-again', words)], true))?.trim();
    if (said === undefined || said === '' || said.toLowerCase() === NO) return CANCEL;
    if (said.toLowerCase() === YES || said === fingerprint) return { kind: 'trust' };
  }
  return CANCEL;
}

async function askCodes(request: RequestOf<'code'>, ask: Ask, t: Translate): Promise<PromptAnswer> {
  const who = t('asking:code', { user: oneLine(request.user), host: oneLine(request.host) });
  const said = [request.title, request.instruction].map(oneLine).filter((text) => text !== '');
  const answers: string[] = [];
  for (const [index, { text, echo }] of request.questions.entries()) {
    const lines = index === 0 ? [who, ...said, question(text, t)] : [who, question(text, t)];
    const answer = await ask(lines, echo);
    if (answer === null) return CANCEL;
    answers.push(answer);
  }
  return { kind: 'answers', answers };
}

function question(text: CodeQuestion['text'], t: Translate): string {
  const clean = oneLine(text);
  return clean === '' ? `${t('prompts:code.label')}:` : clean;
}

// Whatever could move a cursor, colour a terminal, or write right to left over what stands there.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Text of a server or a file, fit to stand in a line of ours. */
function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, ' ').trim();
}
