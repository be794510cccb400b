/** Rows farther from what is seen than these are forgotten, and read again when somebody comes back. */
const KEPT_ROWS = 1_000;
/** So many rows before they are seen, pages are asked for. */
const AHEAD_ROWS = 100;
/** Pages that are on their way at once. */
const MAX_READS = 3;

export interface ListPage<Row> {
  readonly items: readonly Row[];
  readonly next_cursor: string | null;
}

/** A list of which only the rows near what is seen are kept: a million of them would keep the browser collecting garbage. */
export interface LongList<Row> {
  /** Rows that are known to be there. */
  count(): number;
  /** Whether the last row is among them. */
  isWhole(): boolean;
  /** Undefined while it is on its way again. */
  row(index: number): Row | undefined;
  /** Tells what is seen: what lacks there is read, and what is far from it forgotten. */
  look(first: number, last: number): void;
  /** Another number after every change. */
  revision(): number;
  /** Answers how to stop listening. */
  subscribe(onChange: () => void): () => void;
}

interface KnownPage<Row> {
  readonly first: number;
  readonly count: number;
  readonly cursor: string;
  /** Null once they are forgotten. */
  items: readonly Row[] | null;
}

/** Of a first page that was read, and a way to read the others. A read that fails is tried again at the next look. */
export function createLongList<Row>(
  beginning: ListPage<Row>,
  read: (cursor: string) => Promise<ListPage<Row>>,
): LongList<Row> {
  const pages = createPages<Row>(beginning.items.length);
  const onWay = new Set<string>();
  const listeners = new Set<() => void>();
  let seen = { first: 0, last: 0 };
  let next = beginning.next_cursor;
  let revision = 0;

  async function fetchPage(cursor: string, take: (page: ListPage<Row>) => void): Promise<void> {
    if (onWay.has(cursor) || onWay.size >= MAX_READS) return;
    onWay.add(cursor);
    try {
      take(await read(cursor));
    } catch {
      return; // the next look asks again
    } finally {
      onWay.delete(cursor);
    }
    revision += 1;
    for (const listener of listeners) listener();
    readWhatLacks();
  }

  function readWhatLacks(): void {
    const end = seen.last + AHEAD_ROWS;
    for (const page of pages.between(seen.first - AHEAD_ROWS, end)) {
      if (!page.items) void fetchPage(page.cursor, ({ items }) => pages.fill(page, items));
    }
    const cursor = next;
    if (cursor === null || end <= pages.rows()) return;
    void fetchPage(cursor, ({ items, next_cursor }) => {
      pages.append(cursor, items);
      next = next_cursor;
    });
  }

  return {
    count: pages.rows,
    isWhole: () => next === null,
    row: (index) => beginning.items[index] ?? pages.row(index),
    look(first, last) {
      seen = { first, last };
      readWhatLacks();
      pages.forgetBeyond(first - KEPT_ROWS, last + KEPT_ROWS);
    },
    revision: () => revision,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
  };
}

/** The pages behind so many rows of the beginning, in order; each knows how it is read again. */
function createPages<Row>(beginningRows: number) {
  const pages: KnownPage<Row>[] = [];
  const filled = new Set<KnownPage<Row>>();

  const rows = (): number => {
    const last = pages.at(-1);
    return last ? last.first + last.count : beginningRows;
  };
  /** Place of the page that holds a row; of rows before and behind all pages, the nearest. */
  const placeOf = (index: number): number => {
    let [from, to] = [0, pages.length - 1];
    while (from < to) {
      const middle = Math.ceil((from + to) / 2);
      if ((pages[middle]?.first ?? 0) <= index) from = middle;
      else to = middle - 1;
    }
    return from;
  };
  const fill = (page: KnownPage<Row>, items: readonly Row[]): void => {
    page.items = items;
    filled.add(page);
  };
  return {
    rows,
    fill,
    row(index: number): Row | undefined {
      const page = pages[placeOf(index)];
      return page?.items?.[index - page.first];
    },
    between: (first: number, end: number): KnownPage<Row>[] =>
      end <= beginningRows ? [] : pages.slice(placeOf(first), placeOf(end) + 1),
    append(cursor: string, items: readonly Row[]): void {
      if (items.length === 0) return;
      const page = { cursor, first: rows(), count: items.length, items: null };
      pages.push(page);
      fill(page, items);
    },
    forgetBeyond(first: number, end: number): void {
      for (const page of filled) {
        if (page.first < end && page.first + page.count > first) continue;
        page.items = null;
        filled.delete(page);
      }
    },
  };
}
