/** Where a text stops being JSON and what is wrong there; never quotes the text. */
export interface JsonFault {
  /** Offset in UTF-16 units. */
  readonly at: number;
  readonly problem: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;
/** A run of characters that need no look inside a string. */
const PLAIN = /[^"\\\p{Cc}]*/uy;
/** Beyond so many values and keys the search stops: it must not hold up other requests. */
const MAX_STEPS = 20_000;
const WORDS = ['true', 'false', 'null'] as const;

/**
 * Finds the first fault of a text that `JSON.parse` refused. V8 tells the position only for some faults and quotes
 * the text in others; a client needs the one and a log must not have the other. Slow path, bounded, no recursion.
 */
export function findJsonFault(text: string): JsonFault {
  const open: ('{' | '[')[] = [];
  let at = space(text, 0);
  let expects: 'value' | 'key' | 'after' = 'value';
  let mayClose = false; // directly after an opening brace or bracket
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const char = text[at];
    const top = open.at(-1);
    if (expects === 'after') {
      if (top === undefined)
        return { at, problem: describe(char, 'nothing after the end of the JSON value') };
      if (char === ',') {
        at = space(text, at + 1);
        expects = top === '{' ? 'key' : 'value';
        continue;
      }
      if (char !== (top === '{' ? '}' : ']')) {
        return { at, problem: describe(char, top === '{' ? '"," or "}"' : '"," or "]"') };
      }
      open.pop();
      at = space(text, at + 1);
      continue;
    }
    if (mayClose && char === (top === '{' ? '}' : ']')) {
      mayClose = false;
      expects = 'after';
      continue;
    }
    mayClose = false;
    if (expects === 'key') {
      if (char !== '"') return { at, problem: describe(char, 'a key in double quotes') };
      const end = stringEnd(text, at);
      if (typeof end !== 'number') return end;
      at = space(text, end);
      if (text[at] !== ':') return { at, problem: describe(text[at], '":"') };
      at = space(text, at + 1);
      expects = 'value';
    } else if (char === '{' || char === '[') {
      open.push(char);
      at = space(text, at + 1);
      expects = char === '{' ? 'key' : 'value';
      mayClose = true;
    } else {
      const end = char === '"' ? stringEnd(text, at) : scalarEnd(text, at);
      if (typeof end !== 'number') return end;
      at = space(text, end);
      expects = 'after';
    }
  }
  return { at, problem: 'something is wrong after the first parts' };
}

function scalarEnd(text: string, at: number): number | JsonFault {
  const word = WORDS.find((candidate) => text.startsWith(candidate, at));
  const end = word ? at + word.length : match(NUMBER, text, at);
  return end === -1 ? { at, problem: describe(text[at], 'a value') } : end;
}

/** Offset after the string that opens at `open`, or what is wrong inside it. */
function stringEnd(text: string, open: number): number | JsonFault {
  let at = open + 1;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '"') return at + 1;
    if (char === '\0') return { at, problem: 'a NUL byte' };
    if (char < ' ') return { at, problem: 'a control character that is not escaped, inside a string' };
    if (char !== '\\') at = Math.max(match(PLAIN, text, at), at + 1);
    else {
      const end = match(ESCAPE, text, at);
      if (end === -1) return { at, problem: 'a backslash that begins no escape, inside a string' };
      at = end;
    }
  }
  return { at: text.length, problem: 'the body ends inside a string' };
}

function describe(char: string | undefined, expected: string): string {
  if (char === undefined) return `the body ends where ${expected} is expected`;
  if (char === '\0') return 'a NUL byte';
  return `something else where ${expected} is expected`;
}

function space(text: string, at: number): number {
  return match(SPACE, text, at);
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
