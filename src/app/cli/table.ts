/** Letters that fill two cells of a terminal: CJK, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Marks that sit on the letter before them, and joiners. */
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** A name from a model server must not move the cursor or paint the terminal. */
const CONTROL = /\p{Cc}/gu;

/** Cells that a text takes up in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += NO_WIDTH.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return width;
}

/** The text filled up with spaces to `width` cells; `left` puts the spaces before it, for figures. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'left' ? spaces + text : text + spaces;
}

/** The text without control characters, which foreign names may carry. */
export function printable(text: string): string {
  return text.replace(CONTROL, '�');
}

/**
 * Aligned columns under their headings, as lines joined by line ends. A heading that starts with `>` is
 * aligned to the right. Cells are made printable.
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const names = headings.map((heading) => heading.replace(/^>/, ''));
  const lines = [names, ...rows.map((row) => row.map(printable))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column] ?? ''))));
  const sides = headings.map((heading) => (heading.startsWith('>') ? 'left' : 'right'));
  return lines
    .map((line) =>
      widths
        .map((width, column) => pad(line[column] ?? '', width, sides[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
