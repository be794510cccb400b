import { joinPath } from '../../contract/schema-check.ts';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

interface Container {
  readonly path: string;
  readonly isList: boolean;
  /** Of the entry that comes next. */
  index: number;
  key: string | null;
  keyLine: number;
}

/**
 * Line (from 1) at which each value of a JSON text begins, by its path as the contract's errors write it
 * (`routes[0].rules[1].weight`); a member begins at its key. The text must have been parsed before.
 */
export function linesOf(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const open: Container[] = [];
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted++) if (text[counted] === '\n') line++;
    return line;
  };
  const beginValue = (offset: number): string => {
    const parent = open.at(-1);
    if (!parent) {
      lines.set('', lineAt(offset));
      return '';
    }
    const path = joinPath(parent.path, parent.isList ? parent.index : (parent.key ?? ''));
    // Counting only moves forward, so a member's line was taken when its key came by.
    lines.set(path, parent.isList ? lineAt(offset) : parent.keyLine);
    return path;
  };
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (token === '{' || token === '[') {
      open.push({ path: beginValue(offset), isList: token === '[', index: 0, key: null, keyLine: 0 });
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ',') {
      if (top) [top.index, top.key] = [top.index + 1, null];
    } else if (token !== ':') {
      if (top && !top.isList && top.key === null)
        [top.key, top.keyLine] = [JSON.parse(token), lineAt(offset)];
      else beginValue(offset);
    }
  }
  return lines;
}

/** The line of a path, or of the nearest thing around it that is in the text (a missing field has no line). */
export function lineOf(path: string, lines: ReadonlyMap<string, number>): number {
  for (let at = path; at !== ''; at = at.replace(/(\.?[^.[\]]+|\[[^\]]*\])$/, '')) {
    const line = lines.get(at);
    if (line !== undefined) return line;
  }
  return lines.get('') ?? 1;
}
