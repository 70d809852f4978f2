/** One line of text on the page, in points; `y` counts from the lower edge. */
export interface PdfLine {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly bold?: boolean;
  /** Plain ASCII. */
  readonly text: string;
}

function escape(text: string): string {
  return text.replace(/[\\()]/g, (character) => `\\${character}`);
}

/** A PDF 1.4 of one page with lines of Helvetica, which every reader has, so nothing need be embedded. Sizes in points. */
export function tinyPdf(
  title: string,
  width: number,
  height: number,
  lines: readonly PdfLine[],
): Buffer {
  const content = lines
    .map(
      ({ x, y, size, bold, text }) =>
        `BT /${bold === true ? 'B' : 'R'} ${size} Tf ${x} ${y} Td (${escape(text)}) Tj ET`,
    )
    .join('\n');
  const font = (name: string): string =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Contents 4 0 R ` +
      '/Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    `<< /Title (${escape(title)}) >>`,
  ];
  let out = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = out.length;
    out += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\n`;
  out += `startxref\n${start}\n%%EOF\n`;
  return Buffer.from(out, 'latin1');
}
