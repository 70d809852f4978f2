const REDACTED = '‹redacted›';

/** What must not stand in a log even if it slipped into a text: each pattern keeps its first group. */
const SECRETS: readonly RegExp[] = [
  // A private key, whole or cut off.
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?=-----END|$)/gu,
  // `password=…`, `"passphrase": "…"`, also as written by util.inspect.
  /((?:pass(?:word|phrase|code)|secret)["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,}]+)/giu,
  // Sign-in commands of POP3, IMAP and SMTP.
  /(^|[\s"'`])(?:PASS|APOP \S+|LOGIN \S+|AUTH(?:ENTICATE)? [A-Z0-9-]+) \S+/gu,
];

const LINE_LIMIT = 4000;

// Everything below a space but the line's end: it could move the cursor of whoever reads the log in a terminal.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/gu;

/** Makes a text fit for the log: secrets out, control characters out, cut at 4000 characters, the home folder as `~`. */
export function redact(text: string, home: string): string {
  const clean = SECRETS.reduce(
    (so, pattern) => so.replace(pattern, (_all, kept: string) => `${kept}${REDACTED}`),
    text,
  );
  const short = clean.replaceAll(CONTROL, '?').slice(0, LINE_LIMIT);
  return home.length > 1 ? short.replaceAll(home, '~') : short;
}
