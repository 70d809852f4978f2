import { crc32, deflateSync } from 'node:zlib';

/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

/**
 * A PNG (one bit a pixel, two colours) of a picture drawn in characters: `#` is ink, everything else paper.
 * `scale` is the width of one character in pixels. The rows must be of one length.
 */
export function tinyPng(
  rows: readonly string[],
  ink: Colour,
  paper: Colour,
  scale: number,
): Buffer {
  const width = (rows[0]?.length ?? 0) * scale;
  const lines = rows.flatMap((row) => {
    const line = Buffer.alloc(1 + Math.ceil(width / 8));
    for (let x = 0; x < width; x += 1) {
      if (row[Math.floor(x / scale)] !== '#') continue;
      const at = 1 + (x >> 3);
      line.writeUInt8(line.readUInt8(at) | (0x80 >> (x & 7)), at);
    }
    return Array<Buffer>(scale).fill(line);
  });
  const header = Buffer.concat([
    uint32(width),
    uint32(lines.length),
    // One bit a pixel, colours from a palette, and the only compression, filter and interlace there are.
    Buffer.from([1, 3, 0, 0, 0]),
  ]);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from([...paper, ...ink])),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
