/** Longest command line in octets, without its end. RFC 2449 allows clients 255; long passwords are forgiven. */
export const MAX_LINE = 1024;

/** One line a client sent; `too-long` stands for a line that was thrown away. */
export type ClientLine =
  { readonly kind: 'line'; readonly text: string } | { readonly kind: 'too-long' };

const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

function toLine(octets: Buffer): ClientLine {
  // Latin-1 keeps every octet, and a password's octets do not matter here.
  const text = octets.toString('latin1');
  return { kind: 'line', text: text.endsWith('\r') ? text.slice(0, -1) : text };
}

/**
 * Cuts a stream into lines (ended by CRLF or a bare LF). Never holds more than MAX_LINE octets: a longer line is
 * skipped to its end and yielded as `too-long`. What follows the last line end is dropped, since half a command
 * (`DELE 1` of `DELE 12`) must not be carried out.
 */
export async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<ClientLine> {
  let held = NOTHING;
  let skipping = false;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      const tooLong = skipping || held.length + piece.length > MAX_LINE + 1;
      yield tooLong ? { kind: 'too-long' } : toLine(Buffer.concat([held, piece]));
      held = NOTHING;
      skipping = false;
    }
    const rest = chunk.subarray(start);
    skipping ||= held.length + rest.length > MAX_LINE + 1;
    held = skipping ? NOTHING : Buffer.concat([held, rest]);
  }
}
