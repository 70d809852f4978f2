import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TunnelError } from '../../../electron/shared/tunnel-error';
import { HostKeys } from '../../../electron/tunnel/host-keys';
import { HostVerifier } from '../../../electron/tunnel/host-verifier';
import { fingerprint } from '../../../electron/tunnel/known-hosts';
import type { StartedBy } from '../../../electron/tunnel/ports';
import { until } from '../../world/wait';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { ecdsaBlob, ed25519Blob, keyText } from './host-key-maker';
import { PLAN, nobody, personWho, type Answers } from './stand-ins';

const ed1 = ed25519Blob();
const ed2 = ed25519Blob();
const ec = ecdsaBlob();

describe('the host verifier', () => {
  let folder: WorldFolder;
  let own: string;
  beforeEach(async () => {
    folder = await makeWorldFolder('verifier');
    own = folder.file('known_hosts');
  });
  afterEach(() => folder.remove());

  interface Set {
    readonly known?: string;
    readonly answers?: Answers;
    readonly by?: StartedBy;
    readonly accepted?: string;
    readonly hostKeys?: HostKeys;
    readonly plan?: { readonly host?: string; readonly port?: number };
  }

  async function make(set: Set = {}) {
    if (set.known !== undefined) await folder.write('known_hosts', set.known);
    const { person, asked } = personWho(set.answers ?? nobody, set.by);
    const errors: TunnelError[] = [];
    const verifier = new HostVerifier({
      plan: { ...PLAN, ...set.plan },
      hostKeys: set.hostKeys ?? new HostKeys([], own),
      person,
      log: () => undefined,
      acceptedFingerprint: set.accepted ?? null,
      giveUp: (error) => errors.push(error),
    });
    await verifier.load();
    return { verifier, asked, errors };
  }

  /** Calls the verifier as ssh2 does, and waits for its one answer. */
  async function answerOf(verifier: HostVerifier, key: Buffer): Promise<boolean> {
    const answers: unknown[] = [];
    const returned: unknown = (verifier.verify as (...args: unknown[]) => unknown)(
      key,
      (valid: unknown) => answers.push(valid),
    );
    // Whatever it returned but `undefined` ssh2 would take for the answer.
    expect(returned).toBeUndefined();
    await until('an answer', () => answers.length > 0);
    expect(answers).toHaveLength(1);
    expect(typeof answers[0]).toBe('boolean');
    return answers[0] === true;
  }

  it('lets a known key through without a question', async () => {
    const { verifier, errors } = await make({ known: `h ${keyText(ed1)}\n` });
    expect(verifier.knownTypes).toEqual(['ssh-ed25519']);
    expect(await answerOf(verifier, ed1)).toBe(true);
    expect(verifier.fingerprint).toBe(fingerprint(ed1));
    expect(errors).toEqual([]);
    await verifier.remember();
    expect(await readFile(own, 'utf8')).toBe(`h ${keyText(ed1)}\n`);
  });

  it('asks about an unknown key, and writes it down only when told to remember', async () => {
    const { verifier, asked } = await make({ answers: () => ({ kind: 'trust' }) });
    expect(await answerOf(verifier, ed1)).toBe(true);
    expect(asked).toEqual([
      {
        kind: 'host-key',
        host: 'h',
        port: 22,
        algorithm: 'ssh-ed25519',
        fingerprint: fingerprint(ed1),
        otherKeyKnown: false,
        authorityKnown: false,
      },
    ]);
    await expect(readFile(own)).rejects.toThrow('ENOENT');
    await verifier.remember();
    await verifier.remember();
    expect(await readFile(own, 'utf8')).toBe(`h ${keyText(ed1)}\n`);
  });

  it('says so when only an authority for certificates is known', async () => {
    const answers: Answers = () => ({ kind: 'trust' });
    const known = `@cert-authority h,*.org ${keyText(ec)}\n`;
    const { verifier, asked } = await make({ known, answers });
    expect(verifier.knownTypes).toEqual([]);
    // Not even the authority's own key is taken for the server's.
    expect(await answerOf(verifier, ec)).toBe(true);
    expect(asked).toMatchObject([{ otherKeyKnown: false, authorityKnown: true }]);
    const other = await make({ known: `@cert-authority *.org ${keyText(ec)}\n`, answers });
    expect(await answerOf(other.verifier, ec)).toBe(true);
    expect(other.asked).toMatchObject([{ authorityKnown: false }]);
  });

  it('says so when a key of another kind is known', async () => {
    const answers: Answers = () => ({ kind: 'trust' });
    const { verifier, asked } = await make({ known: `h ${keyText(ec)}\n`, answers });
    expect(await answerOf(verifier, ed1)).toBe(true);
    expect(asked).toMatchObject([{ otherKeyKnown: true }]);
    await verifier.remember();
    expect(await readFile(own, 'utf8')).toBe(`h ${keyText(ec)}\nh ${keyText(ed1)}\n`);
  });

  const refusals: readonly [string, Answers, TunnelError['kind']][] = [
    ['cancels', () => ({ kind: 'cancel' }), 'cancelled-by-person'],
    ['answers another question', () => ({ kind: 'secret', secret: 'yes' }), 'cancelled-by-person'],
    ['answers with codes', () => ({ kind: 'answers', answers: ['yes'] }), 'cancelled-by-person'],
    ['answers nonsense', () => ({ kind: 'TRUST' }) as never, 'cancelled-by-person'],
    ['is broken', () => Promise.reject(new Error('window gone')), 'unexpected'],
    ...[undefined, null, 0, '', NaN, false, true, 1, 'yes', {}, []].map(
      (value): [string, Answers, TunnelError['kind']] => [
        `gives ${inspect(value)}`,
        () => value as never,
        value === undefined || value === null ? 'unexpected' : 'cancelled-by-person',
      ],
    ),
  ];
  it.each(refusals)('refuses when the person %s', async (_how, answers, kind) => {
    const { verifier, errors } = await make({ answers });
    expect(await answerOf(verifier, ed1)).toBe(false);
    expect(errors.map((error) => error.kind)).toEqual([kind]);
    expect(verifier.fingerprint).toBe('');
    await verifier.remember();
    await expect(readFile(own)).rejects.toThrow('ENOENT');
  });

  it('refuses, and asks nobody, when the application connects by itself', async () => {
    const { verifier, errors, asked } = await make({ by: 'background' });
    expect(await answerOf(verifier, ed1)).toBe(false);
    expect(errors).toEqual([{ kind: 'answer-needed', what: 'host-key', host: 'h' }]);
    expect(asked).toEqual([]);
  });

  it('refuses a changed key without a question, and says which was known where', async () => {
    const { verifier, errors } = await make({ known: `h ${keyText(ed1)}\n` });
    expect(await answerOf(verifier, ed2)).toBe(false);
    expect(errors).toEqual([
      {
        kind: 'host-key-changed',
        host: 'h',
        port: 22,
        algorithm: 'ssh-ed25519',
        knownFingerprint: fingerprint(ed1),
        presentedFingerprint: fingerprint(ed2),
        knownAt: `${own}:1`,
      },
    ]);
  });

  it('takes a changed key that a person compared, and no other', async () => {
    const known = `h ${keyText(ed1)}\n`;
    const other = await make({ known, accepted: fingerprint(ed25519Blob()) });
    expect(await answerOf(other.verifier, ed2)).toBe(false);
    const same = await make({ known, accepted: fingerprint(ed2) });
    expect(await answerOf(same.verifier, ed2)).toBe(true);
    expect(await readFile(own, 'utf8')).toBe(known);
    await same.verifier.remember();
    expect(await readFile(own, 'utf8')).toBe(`h ${keyText(ed2)}\n`);
  });

  it('never takes a revoked key, not even one that a person compared', async () => {
    const known = `h ${keyText(ed1)}\n@revoked * ${keyText(ed1)}\n`;
    const { verifier, errors } = await make({ known, accepted: fingerprint(ed1) });
    expect(await answerOf(verifier, ed1)).toBe(false);
    expect(errors).toMatchObject([{ kind: 'host-key-revoked', knownAt: `${own}:2` }]);
  });

  it('answers a re-key at once, by comparison only', async () => {
    const { verifier, asked } = await make({ answers: () => ({ kind: 'trust' }) });
    expect(await answerOf(verifier, ed1)).toBe(true);
    const answers: boolean[] = [];
    const again = (key: Buffer) => verifier.verify(key, (valid) => answers.push(valid));
    again(Buffer.from(ed1));
    again(ed2);
    again(ed1.subarray(0, -1));
    again(Buffer.concat([ed1, Buffer.from([0])]));
    again(Buffer.alloc(0));
    again(ed1);
    expect(answers).toEqual([true, false, false, false, false, true]);
    expect(asked).toHaveLength(1);
  });

  it('keeps a copy of the key: ssh2 may use its buffer again', async () => {
    const presented = Buffer.from(ed1);
    const { verifier } = await make({ answers: () => ({ kind: 'trust' }) });
    expect(await answerOf(verifier, presented)).toBe(true);
    presented.fill(0);
    await verifier.remember();
    expect(await readFile(own, 'utf8')).toBe(`h ${keyText(ed1)}\n`);
  });

  const trust: Answers = () => ({ kind: 'trust' });

  it('asks once, though the connection did not come about, until the answer is written down', async () => {
    const hostKeys = new HostKeys([], own);
    const first = await make({ hostKeys, answers: trust });
    expect(await answerOf(first.verifier, ed1)).toBe(true);
    const again = await make({ hostKeys, by: 'background' });
    expect(await answerOf(again.verifier, ed1)).toBe(true);
    expect(again.asked).toEqual([]);
    await expect(readFile(own)).rejects.toThrow('ENOENT');
    await again.verifier.remember();
    expect(await readFile(own, 'utf8')).toBe(`h ${keyText(ed1)}\n`);
    // A line that a person takes out of the file is not believed any more.
    await folder.write('known_hosts', '');
    const later = await make({ hostKeys, by: 'background' });
    expect(await answerOf(later.verifier, ed1)).toBe(false);
  });

  it('asks again when another key is shown, and then about the first one', async () => {
    const hostKeys = new HostKeys([], own);
    const first = await make({ hostKeys, answers: trust });
    expect(await answerOf(first.verifier, ed1)).toBe(true);
    const other = await make({ hostKeys, answers: trust });
    expect(await answerOf(other.verifier, ed2)).toBe(true);
    expect(other.asked).toHaveLength(1);
    const back = await make({ hostKeys, by: 'background' });
    expect(await answerOf(back.verifier, ed1)).toBe(false);
  });

  it.each([
    ['is known by another key', `h ${keyText(ed2)}\n`, 'host-key-changed'],
    ['is known by another kind of key', `h ${keyText(ec)}\n`, 'answer-needed'],
    ['has that key revoked', `@revoked * ${keyText(ed1)}\n`, 'host-key-revoked'],
  ])('takes a yes for what it was said to, not once the server %s', async (_how, known, kind) => {
    const hostKeys = new HostKeys([], own);
    const first = await make({ hostKeys, answers: trust });
    expect(await answerOf(first.verifier, ed1)).toBe(true);
    const later = await make({ hostKeys, known, by: 'background' });
    expect(await answerOf(later.verifier, ed1)).toBe(false);
    expect(later.errors).toMatchObject([{ kind }]);
  });

  it('takes a yes for the server and the file that it was said for', async () => {
    const hostKeys = new HostKeys([], own);
    const first = await make({ hostKeys, answers: trust });
    expect(await answerOf(first.verifier, ed1)).toBe(true);
    for (const elsewhere of [{ port: 23 }, { host: 'i' }]) {
      const other = await make({ hostKeys, plan: elsewhere, by: 'background' });
      expect(await answerOf(other.verifier, ed1)).toBe(false);
    }
    const file = await make({ hostKeys: hostKeys.at(folder.file('other')), by: 'background' });
    expect(await answerOf(file.verifier, ed1)).toBe(false);
  });

  it('refuses when what is known was not loaded', async () => {
    const { person } = personWho(() => ({ kind: 'trust' }));
    const errors: TunnelError[] = [];
    const verifier = new HostVerifier({
      plan: PLAN,
      hostKeys: new HostKeys([], own),
      person,
      log: () => undefined,
      acceptedFingerprint: null,
      giveUp: (error) => errors.push(error),
    });
    expect(await answerOf(verifier, ed1)).toBe(false);
    expect(errors.map(({ kind }) => kind)).toEqual(['unexpected']);
  });

  it('refuses any bytes that are not the known key', async () => {
    const { verifier } = await make({ known: `h ${keyText(ed1)}\n`, by: 'background' });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
          fc.tuple(fc.nat(ed1.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
            const bent = Buffer.from(ed1);
            bent[at] = (bent[at] ?? 0) ^ by;
            return bent;
          }),
        ),
        async (key) => {
          expect(await answerOf(verifier, key)).toBe(false);
        },
      ),
    );
  });
});
