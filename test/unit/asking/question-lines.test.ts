import { beforeAll, describe, expect, it } from 'vitest';
import { askLines, type Line } from '../../../electron/asking/question-lines';
import type { Translate } from '../../../electron/shared/messages';
import type { OpenPrompt, PromptAnswer, PromptRequest } from '../../../electron/shared/prompt';
import { englishWords } from '../support/words';

const FINGERPRINT = 'SHA256:Sk02U68CNFw2u+vcuqUZJ9iK9DnR5S0UXpOM+Vux68w';
const HOST_KEY: PromptRequest = {
  kind: 'host-key',
  host: 'ssh.example.org',
  port: 2222,
  algorithm: 'ssh-ed25519',
  fingerprint: FINGERPRINT,
  otherKeyKnown: false,
  authorityKnown: false,
};
const PASSWORD: PromptRequest = {
  kind: 'password',
  user: 'ada',
  host: 'ssh.example.org',
  wrongBefore: false,
};
const PASSPHRASE: PromptRequest = {
  kind: 'passphrase',
  keyPath: '/home/ada/.ssh/id_ed25519',
  wrongBefore: false,
  triesLeft: 3,
};
const CODE: PromptRequest = {
  kind: 'code',
  user: 'ada',
  host: 'ssh.example.org',
  title: 'One-time\u001b[31m codes',
  instruction: '',
  questions: [
    { text: 'Token: ', echo: true },
    { text: '', echo: false },
  ],
};

let t: Translate;
beforeAll(async () => {
  t = await englishWords();
});

/** Asks with these answers in order; null declines. */
async function asked(
  request: PromptRequest,
  ...answers: (string | null)[]
): Promise<{ lines: Line[]; answer: PromptAnswer }> {
  const lines: Line[] = [];
  const question: OpenPrompt = { id: 'q', accountId: 'a', accountName: 'Work\u202e', request };
  const askLine = (line: Line): Promise<string | null> => {
    lines.push(line);
    return Promise.resolve(answers[lines.length - 1] ?? null);
  };
  const answer = await askLines(question, askLine, t, new AbortController().signal);
  return { lines, answer };
}

describe('a question as lines', () => {
  it.each<[string, (string | null)[], PromptAnswer, number]>([
    ['yes', ['yes'], { kind: 'trust' }, 1],
    ['yes in any case, with spaces', [' YES '], { kind: 'trust' }, 1],
    ['the fingerprint itself', [FINGERPRINT], { kind: 'trust' }, 1],
    ['no', ['no'], { kind: 'cancel' }, 1],
    ['nothing', [''], { kind: 'cancel' }, 1],
    ['a no of the program', [null], { kind: 'cancel' }, 1],
    ['a short yes, then yes', ['y', 'yes'], { kind: 'trust' }, 2],
    ['another fingerprint', [FINGERPRINT.slice(0, -1), 'x', 'x'], { kind: 'cancel' }, 3],
    ['a fingerprint in other letters', [FINGERPRINT.toLowerCase(), 'no'], { kind: 'cancel' }, 2],
  ])('a new server, answered with %s', async (_name, answers, expected, count) => {
    const { lines, answer } = await asked(HOST_KEY, ...answers);
    expect(answer).toEqual(expected);
    expect(lines).toHaveLength(count);
    expect(lines[0]).toMatchObject({ asks: 'host-key', echo: true, mailbox: 'Work' });
  });

  it('says for which mailbox, which server and which fingerprint', async () => {
    const { lines } = await asked(HOST_KEY, 'no');
    expect(lines[0]?.text).toBe(
      [
        'For Work',
        'You have not used ssh.example.org (port 2222) from here before. Compare its fingerprint with the one your provider gives you.',
        `Fingerprint (ssh-ed25519): ${FINGERPRINT}`,
        'Is it the same? Type yes, no, or the fingerprint itself:',
      ].join('\n'),
    );
  });

  it('takes a secret as it was typed, and shows none', async () => {
    const { lines, answer } = await asked(PASSWORD, ' se cret ');
    expect(answer).toEqual({ kind: 'secret', secret: ' se cret ' });
    expect(lines).toMatchObject([{ asks: 'password', echo: false }]);
    expect(lines[0]?.text).toContain('Password of ada on ssh.example.org:');
    expect(await asked(PASSPHRASE, null)).toMatchObject({
      answer: { kind: 'cancel' },
      lines: [{ asks: 'passphrase', echo: false }],
    });
  });

  it('says that the last one was wrong', async () => {
    const again = await asked({ ...PASSPHRASE, wrongBefore: true, triesLeft: 1 }, 'x');
    expect(again.lines[0]?.text).toContain('That was not it. 1 try left.');
    const other = await asked({ ...PASSWORD, wrongBefore: true }, 'x');
    expect(other.lines[0]?.text).toContain('did not accept');
  });

  it('asks what the server asks, line by line, without its control characters', async () => {
    const { lines, answer } = await asked(CODE, '123456', 'pin');
    expect(answer).toEqual({ kind: 'answers', answers: ['123456', 'pin'] });
    expect(lines.map(({ echo }) => echo)).toEqual([true, false]);
    expect(lines[0]?.text).toBe('For Work\nssh.example.org asks ada:\nOne-time [31m codes\nToken:');
    expect(lines[1]?.text).toBe('For Work\nssh.example.org asks ada:\nAnswer:');
    expect((await asked(CODE, '123456', null)).answer).toEqual({ kind: 'cancel' });
  });

  it('answers a server that asks nothing', async () => {
    const { lines, answer } = await asked({ ...CODE, questions: [] });
    expect([lines, answer]).toEqual([[], { kind: 'answers', answers: [] }]);
  });
});
