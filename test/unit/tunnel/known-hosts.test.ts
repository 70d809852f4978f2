import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  entriesFor,
  fingerprint,
  hostName,
  judge,
  namesMatch,
  parseKnownHosts,
  typeInBlob,
} from '../../../electron/tunnel/known-hosts';
import { needProgram } from '../../world/child';
import { makeWorldFolder, type WorldFolder } from '../../world/world-folder';
import { ecdsaBlob, ed25519Blob, hashedName, keyText, rsaBlob } from './host-key-maker';

const ed1 = ed25519Blob();
const ed2 = ed25519Blob();
const ec = ecdsaBlob();
const rsa = rsaBlob();
const [ED1, ED2, EC, RSA] = [ed1, ed2, ec, rsa].map(keyText) as [string, string, string, string];

function verdict(text: string, key = ed1, host = 'mail.example.org', port = 22): string {
  return judge(parseKnownHosts(text, 'f'), host, port, key).kind;
}

describe('what known_hosts says about a key', () => {
  const H = 'mail.example.org';
  const rows: readonly [string, string, string][] = [
    ['nothing at all', '', 'unknown'],
    ['the key itself', `${H} ${ED1}`, 'known'],
    ['the key with a comment', `${H} ${ED1} root@mail since 1998`, 'known'],
    ['the key, written on Windows', `# old\r\n${H} ${ED1}\r\n`, 'known'],
    ['the key, indented and with tabs', `  \t${H}\t${ED1.replace(' ', '\t')}`, 'known'],
    ['the key under another case', `MAIL.Example.ORG ${ED1}`, 'known'],
    ['the key in a list of names', `other,${H},10.0.0.1 ${ED1}`, 'known'],
    ['the key under a wildcard', `*.example.org ${ED1}`, 'known'],
    ['the key under question marks', `m??l.example.org ${ED1}`, 'known'],
    ['the key under a hashed name', `${hashedName(H, 's')} ${ED1}`, 'known'],
    ['the key on the last of two lines', `${H} ${ED2}\n${H} ${ED1}`, 'known'],
    ['the key on the first of two lines', `${H} ${ED1}\n${H} ${ED2}`, 'known'],
    ['another key of the same type', `${H} ${ED2}`, 'changed'],
    ['another key under a hashed name', `${hashedName(H, 's')} ${ED2}`, 'changed'],
    ['keys of other types only', `${H} ${EC}\n${H} ${RSA}`, 'other-algorithm'],
    ['another key and other types', `${H} ${EC}\n${H} ${ED2}`, 'changed'],
    ['the key of another host', `other.example.org ${ED1}`, 'unknown'],
    ['the key, but the name ruled out', `*.example.org,!${H} ${ED1}`, 'unknown'],
    ['the key, ruled out first', `!${H},* ${ED1}`, 'unknown'],
    ['the key, of another port', `[${H}]:2222 ${ED1}`, 'unknown'],
    ['the key as revoked', `@revoked ${H} ${ED1}`, 'revoked'],
    ['the key as revoked everywhere', `${H} ${ED1}\n@revoked * ${ED1}`, 'revoked'],
    ['another key as revoked', `${H} ${ED1}\n@revoked ${H} ${ED2}`, 'known'],
    ['nothing but another key revoked', `@revoked ${H} ${ED2}`, 'unknown'],
    [
      'the key as an authority, which vouches for nothing',
      `@cert-authority ${H} ${ED1}`,
      'unknown',
    ],
    ['an unknown marker', `@trusted ${H} ${ED1}`, 'unknown'],
    ['a comment', `# ${H} ${ED1}`, 'unknown'],
    ['a line without a key', `${H}\n${H} ssh-ed25519`, 'unknown'],
    ['a key under a false type', `${H} ssh-rsa ${ED1.split(' ')[1] ?? ''}`, 'unknown'],
    ['the key with rubbish behind it', `${H} ${ED1}AAAA`, 'unknown'],
    ['the key with rubbish in it', `${H} ${ED1.replace(/(.{40})/, '$1!')}`, 'unknown'],
    ['half of another key', `${H} ${ED2.slice(0, 52)}`, 'unknown'],
    ['an SSH 1 key', `${H} 2048 65537 12345`, 'unknown'],
    ['a hash of another kind', `${hashedName(H, 's').replace('|1|', '|2|')} ${ED1}`, 'unknown'],
    ['a hash that is none', `|1|xx|yy ${ED1}\n|2|eA==|eA== ${ED1}\n| ${ED1}`, 'unknown'],
    ['binary', '\0\u0001\uffff\n'.repeat(3), 'unknown'],
  ];
  it.each(rows)('%s: %#', (_what, text, expected) => {
    expect(verdict(text)).toBe(expected);
    expect(verdict(text.replaceAll('\n', '\r\n'))).toBe(expected);
    expect(verdict(`${text}\n${text}`)).toBe(expected);
  });

  it('names the line and the key when it has changed or was revoked', () => {
    const entries = parseKnownHosts(`# a\n\n${H} ${EC}\n${H} ${ED2}\n@revoked * ${RSA}`, '/f');
    const at = { file: '/f', line: 4 };
    expect(judge(entries, H, 22, ed1)).toEqual({ kind: 'changed', knownKey: ed2, ...at });
    expect(judge(entries, H, 22, rsa)).toEqual({ kind: 'revoked', file: '/f', line: 5 });
  });

  it('on another port, asks for [host]:port, and takes the very same key under the bare name', () => {
    const port = (text: string, key = ed1) => verdict(text, key, H, 2222);
    expect(port(`[${H}]:2222 ${ED1}`)).toBe('known');
    expect(port(`${hashedName(`[${H}]:2222`, 's')} ${ED1}`)).toBe('known');
    expect(port(`[*.example.org]:2222 ${ED1}`)).toBe('known');
    expect(port(`[${H}]:2222 ${ED2}`)).toBe('changed');
    expect(port(`[${H}]:2200 ${ED1}`)).toBe('unknown');
    expect(port(`${H} ${ED1}`)).toBe('known');
    expect(port(`${H} ${ED2}`)).toBe('unknown');
    expect(port(`${H} ${ED1}\n[${H}]:2222 ${ED2}`)).toBe('known');
  });

  it('refuses a key on another port that is revoked under the bare name, whatever else vouches', () => {
    expect(verdict(`${H} ${ED1}\n@revoked ${H} ${ED1}`, ed1, H, 2222)).toBe('revoked');
    expect(verdict(`[${H}]:2222 ${ED1}\n@revoked ${H} ${ED1}`, ed1, H, 2222)).toBe('revoked');
  });

  it('files names as OpenSSH does', () => {
    expect(hostName('Mail.Example.org', 22)).toBe('mail.example.org');
    expect(hostName('Mail.Example.org', 2222)).toBe('[mail.example.org]:2222');
    expect(hostName('::1', 22)).toBe('::1');
    expect(hostName('::1', 2222)).toBe('[::1]:2222');
  });

  it('takes no exponential time over a hostile pattern', () => {
    // Tried in every way, it would not come to an end.
    expect(namesMatch(`${'*a'.repeat(2_000)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});

describe('judged by ssh-keygen on the same files', () => {
  let folder: WorldFolder;
  const keygen = needProgram('ssh-keygen', 'openssh-client');
  beforeAll(async () => {
    folder = await makeWorldFolder('known-hosts');
  });
  afterAll(() => folder.remove());

  /** The lines that `ssh-keygen -l -F` finds for a name, with their marker and the key's fingerprint. */
  function found(file: string, name: string): readonly string[] {
    const { stdout } = run(['-l', '-F', name, '-f', file]);
    const lines = stdout.split('\n');
    return lines.flatMap((line, i) => {
      const [, number, mark = ''] = /found: line (\d+) ?(\w*)/.exec(line) ?? [];
      const print = /SHA256:\S+/.exec(lines[i + 1] ?? '')?.[0] ?? '';
      return number === undefined ? [] : [`${number} ${mark} ${print}`];
    });
  }

  function run(args: readonly string[]): { stdout: string } {
    try {
      return { stdout: execFileSync(keygen, args, { stdio: 'pipe', encoding: 'utf8' }) };
    } catch (thrown) {
      // It exits with 1 when there is no such host.
      return { stdout: (thrown as { stdout: string }).stdout };
    }
  }

  function ours(text: string, host: string, port: number): readonly string[] {
    return entriesFor(parseKnownHosts(text, 'f'), host, port).map(
      (e) => `${e.line} ${e.marker === 'revoked' ? 'REVOKED' : ''} ${fingerprint(e.key)}`,
    );
  }

  const hosts = ['a.example', 'b.example', 'ab.test', '10.0.0.1', '::1'];
  const host = fc.constantFrom(...hosts);
  const port = fc.constantFrom(22, 2222);
  const name = fc.tuple(host, port).map(([h, p]) => hostName(h, p));
  const pattern = fc.oneof(
    { weight: 3, arbitrary: name },
    fc.constantFrom('*', '?.example', '*.example', 'A.EXAMPLE', '[*]:2222', '*:*', '?*b*', '', '!'),
  );
  const names = fc
    .oneof({
      weight: 3,
      arbitrary: fc.array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 3 }),
    })
    .map((list) => list.map(([not, p]) => `${not && list.length > 1 ? '!' : ''}${p}`).join(','));
  const hashed = fc
    .tuple(name, fc.string({ maxLength: 5 }))
    .map(([n, salt]) => hashedName(n, salt));
  const key = fc.constantFrom(ED1, ED2, EC, RSA);
  const broken = fc
    .tuple(key, fc.nat(80), fc.constantFrom('', '!', 'AAAA', '='))
    .map(([k, at, put]) => (put === '' ? k.slice(0, at) : `${k.slice(0, at)}${put}${k.slice(at)}`));
  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', '', '', '', '  ', '\t', '@revoked ', '@cert-authority ', '@else '),
          fc.oneof(names, hashed),
          fc.constantFrom(' ', '\t', '   '),
          fc.oneof({ weight: 5, arbitrary: key }, broken),
          fc.constantFrom('', '', ' comment', ' a b c', '\t#'),
        )
        .map((parts) => parts.join('')),
    },
    fc.constantFrom('', '# comment', 'a.example', '   ', 'a.example ssh-ed25519', '@revoked', '!'),
  );

  it('finds the same lines, marks and keys for any file', async () => {
    const file = folder.file('any');
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        host,
        port,
        async (lines, newline, h, p) => {
          const text = `${lines.join(newline)}${newline}`;
          await folder.write('any', text);
          const theirs = found(file, hostName(h, p)).filter((one) => !/^\d+ CA /.test(one));
          expect(ours(text, h, p)).toEqual(theirs);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('reads what `ssh-keygen -H` makes of a plain file', async () => {
    const text = `a.example ${ED1}\n[b.example]:2222,10.0.0.1 ${EC}\n`;
    const file = await folder.write('plain', text);
    execFileSync(keygen, ['-H', '-f', file], { stdio: 'pipe' });
    const hashedText = await readFile(file, 'utf8');
    expect(hashedText).not.toContain('example');
    expect(verdict(hashedText, ed1, 'a.example')).toBe('known');
    expect(verdict(hashedText, ec, 'b.example', 2222)).toBe('known');
    expect(verdict(hashedText, ec, '10.0.0.1')).toBe('known');
    expect(verdict(hashedText, ed1, 'b.example', 2222)).toBe('other-algorithm');
  });

  it('never throws, whatever the text, and the key of a verdict is one of the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 80 }),
        (text, bytes) => {
          expect(judge(parseKnownHosts(text, 'f'), 'a', 22, Buffer.from(bytes)).kind).toBe(
            'unknown',
          );
          typeInBlob(Buffer.from(bytes));
        },
      ),
    );
  });
});
