import type { NewMessage } from './maildrop';
import {
  attachment,
  headerText,
  inlinePicture,
  mailDate,
  message,
  multipart,
  text,
  type Part,
} from './mime';
import {
  CARD,
  JUST_HAPPENED,
  POINTING,
  REMOVING,
  SHAPES,
  SHAPES_AFTER,
  SHAPES_BEFORE,
  WELCOME,
} from './sample-texts';
import { shapePicture } from './shape-pictures';
import { tinyPdf } from './tiny-pdf';

/** `.invalid` never leads anywhere (RFC 2606), so an answer to the mole comes back at once. */
const DOMAIN = 'practice.invalid';
const MINUTE = 60_000;

function shapesAsText(): string {
  const rows = SHAPES.map(([, name, meaning]) => `${name}\n    ${meaning}`);
  return `Hello,\n\n${SHAPES_BEFORE}\n\n${rows.join('\n')}\n\n${SHAPES_AFTER}\n\nThe mole\n`;
}

function shapesAsHtml(): string {
  const rows = SHAPES.map(
    ([badge, name, meaning]) =>
      `<tr><td style="padding: 4px 16px 4px 0"><img src="cid:${badge}@${DOMAIN}" alt="" ` +
      `width="48" height="48"></td><td><b>${name}.</b> ${meaning}</td></tr>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>What the shapes and colours mean</title></head>
<body style="font: 15px/1.5 sans-serif; max-width: 36em">
<p>Hello,</p>
<p>${SHAPES_BEFORE}</p>
<table role="presentation" style="border-collapse: collapse">
${rows.join('\n')}
</table>
<p>${SHAPES_AFTER}</p>
<p>The mole</p>
</body>
</html>
`;
}

function shapes(): Part {
  const pictures = SHAPES.map(([badge]) =>
    inlinePicture(`${badge}@${DOMAIN}`, shapePicture(badge)),
  );
  const html = text('quoted-printable', shapesAsHtml(), 'html');
  return multipart('alternative', 'shapes', [
    text('quoted-printable', shapesAsText()),
    multipart('related', 'shapes', [html, ...pictures], '; type="text/html"'),
  ]);
}

/** A postcard (A6, across) with the settings of a mail program. */
function settingsCard(): Buffer {
  const title = 'Settings for your mail program';
  const rows = CARD.flatMap(([name, value], index) => {
    const y = 200 - index * 26;
    return [
      { x: 36, y, size: 12, text: name },
      { x: 176, y, size: 12, bold: true, text: value },
    ];
  });
  return tinyPdf(title, 420, 298, [
    { x: 36, y: 248, size: 18, bold: true, text: title },
    ...rows,
    { x: 36, y: 36, size: 9, text: 'Mailmole practice mailbox' },
  ]);
}

function pointing(): Part {
  return multipart('mixed', 'pointing', [
    text('quoted-printable', POINTING),
    attachment('application/pdf', 'mailmole-settings.pdf', settingsCard()),
  ]);
}

/**
 * The five messages of the practice mailbox, oldest first. Together they hold what a mail path can spoil: plain
 * text, eight-bit text in many scripts, HTML with pictures, an attached file, lines of dots and a very long line.
 *
 * @param madeAt when the practice mailbox was made, in milliseconds since 1970. The same moment gives the same
 *   messages under the same unique ids, so that a mail program which leaves mail on the server sees each once.
 */
export function sampleMessages(madeAt: number): NewMessage[] {
  const letters: readonly (readonly [name: string, subject: string, content: Part])[] = [
    ['welcome', 'Welcome to the practice mailbox', text('7bit', WELCOME)],
    ['way', 'What just happened: your mail program → here', text('8bit', JUST_HAPPENED)],
    ['shapes', 'What the shapes and colours mean', shapes()],
    ['pointing', 'How to point your mail program at Mailmole', pointing()],
    ['removing', 'How to remove the practice mailbox', text('7bit', REMOVING)],
  ];
  return letters.map(([name, subject, content], index) => {
    const uid = `${name}-${madeAt.toString(36)}`;
    const headers = [
      `Date: ${mailDate(madeAt - (letters.length - index) * MINUTE)}`,
      `From: The mole <mole@${DOMAIN}>`,
      `To: You <you@${DOMAIN}>`,
      `Subject: ${headerText(subject)}`,
      `Message-ID: <${uid}@${DOMAIN}>`,
      // RFC 3834: keeps holiday replies from answering a mole.
      'Auto-Submitted: auto-generated',
    ];
    return { uid, bytes: message(headers, content) };
  });
}
