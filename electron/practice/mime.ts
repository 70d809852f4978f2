/** One part of a message (RFC 2045): its own headers, and its body in the encoding they name. */
export interface Part {
  readonly headers: readonly string[];
  readonly body: string;
}

const CRLF = '\r\n';
/** RFC 2045: encoded lines hold at most 76 characters. */
const ENCODED_LINE = 76;

function crlf(text: string): string {
  return text.replaceAll('\n', CRLF);
}

/** Base64 in lines of 76 characters. */
function base64Lines(bytes: Buffer): string {
  return (bytes.toString('base64').match(/.{1,76}/g) ?? []).join(CRLF) + CRLF;
}

function encodeOctet(octet: number): string {
  return `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}

function quotedPrintableLine(line: string): string {
  const octets = [...Buffer.from(line, 'utf8')];
  const lines: string[] = [];
  let current = '';
  octets.forEach((octet, index) => {
    const last = index === octets.length - 1;
    const plain = (octet >= 0x21 && octet <= 0x7e && octet !== 0x3d) || (octet === 0x20 && !last);
    const next = plain ? String.fromCharCode(octet) : encodeOctet(octet);
    if (current.length + next.length > ENCODED_LINE - 1) {
      lines.push(`${current}=`);
      current = '';
    }
    current += next;
  });
  return [...lines, current].join(CRLF);
}

/** Quoted-printable (RFC 2045, 6.7) of a text whose lines end in `\n`. */
export function quotedPrintable(text: string): string {
  return text.split('\n').map(quotedPrintableLine).join(CRLF);
}

/** A header's text as encoded words (RFC 2047) when it is not plain ASCII, folded, never inside a character. */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let current = '';
  for (const character of text) {
    // 39 octets make 52 characters of base64: with the frame and `Subject: ` a line stays below the 76 allowed.
    if (Buffer.byteLength(current + character) > 39) {
      words.push(current);
      current = '';
    }
    current += character;
  }
  return [...words, current]
    .map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join(`${CRLF} `);
}

/** A moment as RFC 5322 writes it, in UTC. `at` is in milliseconds since 1970. */
export function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

/** Text in one of the three transfer encodings; `7bit` and `8bit` leave it as it is, dots and long lines included. */
export function text(
  encoding: '7bit' | '8bit' | 'quoted-printable',
  content: string,
  subtype: 'plain' | 'html' = 'plain',
): Part {
  const charset = encoding === '7bit' ? 'us-ascii' : 'utf-8';
  return {
    headers: [
      `Content-Type: text/${subtype}; charset=${charset}`,
      `Content-Transfer-Encoding: ${encoding}`,
    ],
    body: encoding === 'quoted-printable' ? quotedPrintable(content) : crlf(content),
  };
}

/** A picture that the HTML part shows by `cid:` (RFC 2392). */
export function inlinePicture(contentId: string, png: Buffer): Part {
  return {
    headers: [
      'Content-Type: image/png',
      'Content-Transfer-Encoding: base64',
      `Content-ID: <${contentId}>`,
      'Content-Disposition: inline',
    ],
    body: base64Lines(png),
  };
}

/** A file to keep. `name` is plain ASCII without quotes. */
export function attachment(type: string, name: string, bytes: Buffer): Part {
  return {
    headers: [
      `Content-Type: ${type}; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${name}"`,
    ],
    body: base64Lines(bytes),
  };
}

function render(part: Part): string {
  return [...part.headers, '', part.body].join(CRLF);
}

/** Several parts in one. The boundary begins with `=_`, which no encoding used here can produce in a body. */
export function multipart(
  kind: 'mixed' | 'alternative' | 'related',
  name: string,
  parts: readonly Part[],
  parameters = '',
): Part {
  const boundary = `=_${name}-${kind}`;
  const body = parts.map((part) => `--${boundary}${CRLF}${render(part)}${CRLF}`).join('');
  return {
    headers: [`Content-Type: multipart/${kind}; boundary="${boundary}"${parameters}`],
    body: `${body}--${boundary}--${CRLF}`,
  };
}

/** A whole message (RFC 5322): the given headers, then the part's. */
export function message(headers: readonly string[], content: Part): Buffer {
  return Buffer.from(
    render({
      headers: [...headers, 'MIME-Version: 1.0', ...content.headers],
      body: content.body,
    }),
    'utf8',
  );
}
