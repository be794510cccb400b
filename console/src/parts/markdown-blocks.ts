export interface Block {
  readonly kind: 'paragraph' | 'code' | 'heading' | 'item';
  readonly text: string;
  /** Of a heading from 1, of an item's indentation from 0. */
  readonly level: number;
}

export interface Piece {
  readonly kind: 'text' | 'code' | 'bold';
  readonly text: string;
}

/** A longer block would be laid out as a whole for each character that streams in. */
const MAX_BLOCK = 4_000;
const FENCE = /^\s{0,3}(```|~~~)/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^(\s*)(?:[-*+]|\d{1,9}[.)])\s+/;

/** Cuts text at its blank lines, fences, headings and items. Adding to the text changes the last block, or adds others. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let fence: string | null = null;
  const close = (kind: Block['kind'], level = 0): void => {
    if (lines.length > 0) blocks.push(...cut({ kind, text: lines.join('\n'), level }));
    lines = [];
  };
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (mark === fence) {
        close('code');
        fence = null;
      } else lines.push(line);
      continue;
    }
    if (mark !== undefined) {
      close('paragraph');
      fence = mark;
      continue;
    }
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    if (heading || item || line.trim() === '') close('paragraph');
    if (heading) {
      lines = [heading[2] ?? ''];
      close('heading', heading[1]?.length ?? 1);
    } else if (item) {
      lines = [line.trim()];
      close('item', Math.min(6, Math.floor((item[1]?.length ?? 0) / 2)));
    } else if (line.trim() !== '') lines.push(line);
  }
  close(fence === null ? 'paragraph' : 'code');
  return blocks;
}

function cut({ text, ...block }: Block): Block[] {
  const parts = Math.max(1, Math.ceil(text.length / MAX_BLOCK));
  return Array.from({ length: parts }, (_, part) => ({
    ...block,
    text: text.slice(part * MAX_BLOCK, (part + 1) * MAX_BLOCK),
  }));
}

/** Code and bold within a line. Neither crosses a line, so that a stray sign changes little. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/`([^`\n]{1,400})`|\*\*([^*\n]{1,400})\*\*/g)) {
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) });
    const [whole, code, bold] = match;
    pieces.push({ kind: code === undefined ? 'bold' : 'code', text: code ?? bold ?? '' });
    from = match.index + whole.length;
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) });
  return pieces;
}
