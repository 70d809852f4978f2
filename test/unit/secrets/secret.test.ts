import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../electron/secrets/secret';

const TEXT = 'hunter2-ü';

/** What a console prints for it. */
function printed(...values: readonly unknown[]): string {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const console = new Console(stream);
  console.log(...values);
  console.dir(values, { depth: 9, showHidden: true });
  console.table(values);
  console.error(...values);
  return text;
}

describe('a secret', () => {
  const secret = new Secret(TEXT);

  it('gives itself out when asked to, and only then', () => {
    expect(secret.reveal()).toBe(TEXT);
  });

  const forms: readonly [string, () => string][] = [
    ['a template', () => `a ${secret as unknown as string} b`],
    ['a sum', () => 'x' + (secret as unknown as string)],
    ['String()', () => String(secret)],
    ['toString()', () => secret.toString()],
    ['join', () => [secret, secret].join()],
    ['JSON', () => JSON.stringify(secret)],
    ['JSON of an object that holds it', () => JSON.stringify({ deep: [{ secret }] }, null, 2)],
    ['inspect', () => inspect(secret)],
    ['inspect of an object that holds it', () => inspect({ deep: { er: [secret] } }, { depth: 9 })],
    [
      'inspect with everything hidden shown',
      () => inspect({ secret }, { showHidden: true, getters: true, depth: 9 }),
    ],
    [
      'inspect that goes round its own way of printing',
      () => inspect(secret, { customInspect: false, showHidden: true }),
    ],
    ['format %s', () => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
    ['an error that holds it', () => inspect(new Error('no', { cause: secret }), { depth: 9 })],
    ['an error made of it', () => inspect(new Error(secret as unknown as string))],
    [
      'the stack of an error',
      () => new Error(`not accepted: ${secret as unknown as string}`).stack ?? '',
    ],
    [
      'errors gathered',
      () =>
        inspect(new AggregateError([secret, new Error('x', { cause: { secret } })]), { depth: 9 }),
    ],
    [
      'a map and a set',
      () => inspect([new Map([[secret, secret]]), new Set([secret])], { depth: 9 }),
    ],
    [
      'its keys and entries',
      () =>
        JSON.stringify([Object.keys(secret), Object.entries(secret), Object.assign({}, secret)]),
    ],
    ['its own properties', () => JSON.stringify(Object.getOwnPropertyDescriptors(secret))],
    ['a copy of its structure', () => inspect(structuredClone(Object.assign({}, secret)))],
    ['a console', () => printed(secret, { secret }, [secret])],
    ['a key of an object', () => Object.keys({ [secret as unknown as string]: 1 }).join()],
    ['a number', () => String(Number(secret))],
  ];
  it.each(forms)('does not show in %s', (_name, form) => {
    expect(form()).not.toContain('hunter2');
  });

  it('says that it is one', () => {
    expect(String(secret)).toBe('‹secret›');
    expect(JSON.stringify({ secret })).toBe('{"secret":"‹secret›"}');
    expect(inspect({ secret })).toBe('{ secret: ‹secret› }');
  });

  it('does not show, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (text) => {
        const one = new Secret(text);
        expect(one.reveal()).toBe(text);
        const all = [String(one), JSON.stringify({ one }), inspect(one), format('%o', one)];
        expect(all.join('|')).not.toContain(text);
      }),
    );
  });
});
