import type { Client } from 'ssh2';
import { LARGEST_KEY_LIST, notInstalled, type RemoteKeys } from './remote-keys';
import { textOfThrown } from '../shared/thrown';

/**
 * What the server's `sh` is given on its standard input (POSIX.1-2017; nothing is put into a command line, which a
 * login shell of any kind would read first). It says what came of it in lines of its own, since the account's start-up
 * files may print what they like. `printf` takes the file's bytes as octal numbers, so nothing in them is ever code.
 */
const SCRIPT = String.raw`LC_ALL=C
export LC_ALL
umask 077
say() { printf '\nmailmole: %s\n' "$1"; exit 0; }
decode() { while IFS= read -r line; do printf "$line"; done; }
[ -n "$HOME" ] && cd "$HOME" 2>/dev/null || say 'no home'
file=.ssh/authorized_keys
if [ -h "$file" ]; then
  file=$(readlink -f "$file" 2>/dev/null)
  [ -n "$file" ] || say 'no link'
fi
look() {
  [ ! -d .ssh ] || [ -x .ssh ] || say denied
  [ -e "$file" ] || say missing
  [ -f "$file" ] || say 'no file'
  [ -r "$file" ] || say denied
  [ $(($(wc -c <"$file"))) -le ${LARGEST_KEY_LIST} ] || say large
  printf '\nmailmole: content\n'
  cat "$file"
  say end
}
put() {
  mkdir -p .ssh || say denied
  if [ -e "$file" ]; then
    before | cmp -s - "$file" || say changed
    [ -w "$file" ] || say denied
  else
    [ -z "$(before)" ] || say changed
  fi
  draft=$file.mailmole-$$
  [ ! -e "$draft" ] || say denied
  trap 'rm -f "$draft"' 0
  if [ -e "$file" ]; then cp -p "$file" "$draft" || say denied; fi
  after >"$draft" || say denied
  after | cmp -s - "$draft" || say full
  chmod go-w .ssh "$draft" || say denied
  mv -f "$draft" "$file" || say denied
  say done
}
`;
const MARK = '\nmailmole: ';
/** What else the account may print before it is clear that nobody speaks our language there. */
const MOST_NOISE = 64 * 1024;
/** The underscore is a letter that no line of data has. */
const END = 'END_OF_DATA';
const OCTETS_A_LINE = 256;

/** The list of keys by way of the account's shell, for servers without SFTP. */
export class ShellKeys implements RemoteKeys {
  readonly #client: Client;
  readonly #host: string;

  constructor(client: Client, host: string) {
    this.#client = client;
    this.#host = host;
  }

  async read(): Promise<Buffer | null> {
    const { output, said } = await this.#run('look\n');
    if (said === 'missing') return null;
    const start = output.indexOf(`${MARK}content\n`);
    if (said !== 'end' || start < 0) throw this.#trouble(said);
    const content = output.slice(start + `${MARK}content\n`.length, output.lastIndexOf(MARK));
    return Buffer.from(content, 'latin1');
  }

  async write(before: Buffer | null, after: Buffer): Promise<boolean> {
    const data = `${printer('before', before ?? Buffer.alloc(0))}${printer('after', after)}`;
    const { said } = await this.#run(`${data}put\n`);
    if (said === 'done') return true;
    if (said === 'changed') return false;
    throw this.#trouble(said);
  }

  #trouble(said: string): Error {
    const why = said === 'denied' ? 'not-allowed' : 'no-files';
    return notInstalled(this.#host, why, `shell: ${said}`);
  }

  /** Everything that was printed, one letter a byte, and the last word of the script. */
  async #run(calls: string): Promise<{ output: string; said: string }> {
    const { output, errors } = await this.#exec(`${SCRIPT}${calls}`);
    const said = /\nmailmole: ([a-z ]+)\n[^]*?$/.exec(output.slice(output.lastIndexOf(MARK)))?.[1];
    // Whatever answered was not a shell that does as it is told: a forced command, a message, nothing at all.
    if (said === undefined) throw notInstalled(this.#host, 'no-shell', `${errors}${output}`);
    return { output, said };
  }

  #exec(input: string): Promise<{ output: string; errors: string }> {
    return new Promise((resolve, reject) => {
      const none = (error: Error) => reject(notInstalled(this.#host, 'no-shell', error.message));
      try {
        this.#client.exec('sh', (error, channel) => {
          if (error !== undefined) {
            none(error);
            return;
          }
          let output = '';
          let errors = '';
          channel.on('data', (bytes: Buffer) => {
            output += bytes.toString('latin1');
            if (output.length > LARGEST_KEY_LIST + MOST_NOISE) channel.close();
          });
          channel.stderr.on('data', (bytes: Buffer) => {
            if (errors.length < MOST_NOISE) errors += bytes.toString('utf8');
          });
          // A command that reads nothing ends under our hands; what it printed says the rest.
          channel.on('error', () => undefined);
          channel.on('close', () => resolve({ output, errors }));
          channel.end(input);
        });
      } catch (thrown) {
        none(thrown instanceof Error ? thrown : new Error(textOfThrown(thrown)));
      }
    });
  }
}

/** A shell function that prints these bytes. Its text is made of harmless letters and of octal numbers. */
function printer(name: string, content: Buffer): string {
  let lines = '';
  for (let at = 0; at < content.length; at += OCTETS_A_LINE)
    lines += `${[...content.subarray(at, at + OCTETS_A_LINE)].map(octal).join('')}\n`;
  return `${name}() { decode <<'${END}'\n${lines}${END}\n}\n`;
}

function octal(byte: number): string {
  const letter = String.fromCharCode(byte);
  return /[A-Za-z0-9+/=]/.test(letter) ? letter : `\\${byte.toString(8).padStart(3, '0')}`;
}
