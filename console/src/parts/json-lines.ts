/** Text of JSON, and the line (from 1) on which each value begins, by its path as the API writes it: `rules[1].weight`. */
export function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let at = 0;
  let line = 1;

  const skip = (): void => {
    for (; at < text.length && /[\s,:]/.test(text[at] ?? ''); at += 1) if (text[at] === '\n') line += 1;
  };
  const readString = (): string => {
    const start = at;
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    at += 1;
    return text.slice(start + 1, at - 1);
  };
  const readValue = (path: string): void => {
    skip();
    lines.set(path, line);
    const first = text[at];
    if (first === '"') readString();
    else if (first === '{' || first === '[') readMembers(path, first === '[');
    else while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1;
  };
  const readMembers = (path: string, isList: boolean): void => {
    at += 1;
    for (let index = 0; at < text.length; index += 1) {
      skip();
      if (text[at] === ']' || text[at] === '}' || at >= text.length) break;
      const before = at;
      const name = isList ? '' : readString();
      readValue(isList ? `${path}[${index}]` : path === '' ? name : `${path}.${name}`);
      if (at === before) break; // no JSON; the parser says so
    }
    at += 1;
  };
  readValue('');
  return lines;
}

/** The line of a path, or of the nearest thing around it that is there. */
export function lineOf(lines: ReadonlyMap<string, number>, path: string): number {
  for (let name = path; name !== ''; name = name.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]+)$/, '')) {
    const line = lines.get(name);
    if (line !== undefined) return line;
  }
  return 1;
}

/** What is wrong with a text that is no JSON, and on which line; null for JSON. */
export function jsonFault(text: string): { readonly line: number; readonly message: string } | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const message = (error as Error).message;
    const place = /position (\d+)/.exec(message)?.[1];
    const end = place === undefined ? text.length : Number(place);
    return { line: text.slice(0, end).split('\n').length, message };
  }
}
