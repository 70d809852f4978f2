import { createHash } from 'node:crypto';
import type { TestMessage } from '../world/messages.ts';

const WORDS =
  'the mail of every day comes in small pieces and goes through a line that is long and thin so that what matters is ' +
  'how often one side has to wait for the other before it may say the next thing which people notice as slowness';
const SEED = 20_261_124;

/** Numbers that are the same in every run, from 0 (inclusive) to 1 (exclusive). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Messages as a mailbox holds them: 3.5 KB on average, mostly text, some with an encoded attachment. */
export function mailbox(count: number): readonly TestMessage[] {
  const random = dice(SEED);
  const words = WORDS.split(' ');
  const sentence = (length: number) =>
    Array.from({ length }, () => words[Math.floor(random() * words.length)] ?? '').join(' ');
  const encoded = (lines: number) =>
    Array.from({ length: lines }, () =>
      Buffer.from(Array.from({ length: 57 }, () => Math.floor(random() * 256))).toString('base64'),
    );
  return Array.from({ length: count }, (_, index) => {
    const messageId = `bench-${index}@example.test`;
    const attachment = random() < 0.1 ? ['', ...encoded(60 + Math.floor(random() * 90))] : [];
    const paragraphs = 4 + Math.floor(random() * 30);
    const lines = [
      `Received: from mx${index % 40}.example.test by mail.example.test; Mon, 15 Jun 2026 12:00:00 +0000`,
      `DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=s1; b=${encoded(4).join('')}`,
      `From: Greta <greta@example.test>`,
      `To: Bert <bert@example.test>`,
      `Subject: ${sentence(6)}`,
      `Date: Mon, 15 Jun 2026 12:${String(index % 60).padStart(2, '0')}:00 +0000`,
      `Message-ID: <${messageId}>`,
      '',
      ...Array.from({ length: paragraphs }, () => sentence(14)),
      ...attachment,
      '',
    ];
    const bytes = Buffer.from(lines.join('\r\n'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { index, kind: 'plain', messageId, bytes, sha256 } as const;
  });
}
