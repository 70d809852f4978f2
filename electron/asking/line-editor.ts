/** What was typed so far, and what became of the line. */
export interface TypedLine {
  readonly text: string;
  /** `declined` by Ctrl-D on an empty line, `interrupted` by Ctrl-C. */
  readonly end: 'open' | 'entered' | 'declined' | 'interrupted';
  /** What a terminal that shows typing has to be sent. */
  readonly shown: string;
}

export const EMPTY_LINE: TypedLine = { text: '', end: 'open', shown: '' };

const ENTER = /[\r\n]/u;
const ERASE = '\b \b';

/**
 * One chunk from a terminal in raw mode: Enter ends the line, Backspace and Ctrl-U erase, keys that are no characters
 * (arrows and the like arrive as one chunk that starts with Escape) do nothing. Pure.
 */
export function typed(line: TypedLine, chunk: string): TypedLine {
  let next: TypedLine = { ...line, shown: '' };
  if (chunk.startsWith('\u001b')) return next;
  for (const key of chunk) {
    if (next.end !== 'open') return next;
    next = press(next, key);
  }
  return next;
}

function press(line: TypedLine, key: string): TypedLine {
  const { text, shown } = line;
  if (ENTER.test(key)) return { ...line, end: 'entered' };
  if (key === '\u0003') return { ...line, end: 'interrupted' };
  if (key === '\u0004') return text === '' ? { ...line, end: 'declined' } : line;
  const characters = Array.from(text);
  if (key === '\u0015')
    return { ...line, text: '', shown: shown + ERASE.repeat(characters.length) };
  if (key === '\u007f' || key === '\b') {
    if (text === '') return line;
    return { ...line, text: characters.slice(0, -1).join(''), shown: shown + ERASE };
  }
  return key < ' ' ? line : { ...line, text: text + key, shown: shown + key };
}
