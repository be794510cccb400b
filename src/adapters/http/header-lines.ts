// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BEYOND_HEADER_TEXT = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;

/**
 * A flat name, value list as the lines of a head. Throws when a value would break out of its line: they come from an
 * admin, or were checked, and yet.
 */
export function headerLines(headers: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1] ?? '';
    if (BEYOND_HEADER_TEXT.test(value)) throw new Error(`the value of header "${headers[i]}" cannot be sent`);
    lines += `${headers[i]}: ${value}\r\n`;
  }
  return lines;
}
