/** What a text holds that should have been one JSON value. */
export interface JsonValues {
  readonly values: readonly unknown[];
  /** True when something in the text belonged to no value. */
  readonly hasGarbage: boolean;
}

/**
 * Reads a text that `JSON.parse` refused: objects written one after another (`{…}{…}`), a byte order mark, NULs or
 * log lines in between. Takes what is an object and tells whether anything was left over.
 */
export function jsonValuesIn(text: string): JsonValues {
  const values: unknown[] = [];
  let hasGarbage = false;
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const before = text.slice(at, open === -1 ? text.length : open);
    if (before.trim() !== '') hasGarbage = true; // `trim` takes a byte order mark for white space
    if (open === -1) break;
    const end = objectEnd(text, open);
    try {
      if (end === -1) throw new SyntaxError('unfinished');
      values.push(JSON.parse(text.slice(open, end)));
      at = end;
    } catch {
      return { values, hasGarbage: true }; // what follows a broken object cannot be told from its inside
    }
  }
  return { values, hasGarbage };
}

/** Offset after the brace that closes the object at `open`, or -1. */
function objectEnd(text: string, open: number): number {
  let depth = 0;
  let isInString = false;
  for (let at = open; at < text.length; at += 1) {
    const char = text[at];
    if (isInString) {
      if (char === '\\') at += 1;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === '{') depth += 1;
    else if (char === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
