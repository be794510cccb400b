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
  const pages: KnownPage<Row>[] = [];
  const onWay = new Set<string>();
  const listeners = new Set<() => void>();
  const filled = new Set<KnownPage<Row>>();
  let seen = { first: 0, last: 0 };
  let next = beginning.next_cursor;
  let revision = 0;

  const count = (): number => {
    const last = pages.at(-1);
    return last ? last.first + last.count : beginning.items.length;
  };
  /** The page of a row behind the beginning; of rows that are not known yet, the last. */
  const pageOf = (index: number): KnownPage<Row> | undefined => {
    let [from, to] = [0, pages.length - 1];
    while (from < to) {
      const middle = Math.ceil((from + to) / 2);
      if ((pages[middle]?.first ?? 0) <= index) from = middle;
      else to = middle - 1;
    }
    return pages[from];
  };

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

  function append(cursor: string, { items, next_cursor }: ListPage<Row>): void {
    if (items.length > 0) pages.push({ cursor, first: count(), count: items.length, items: null });
    fill(pages.at(-1), items);
    next = next_cursor;
  }

  function fill(page: KnownPage<Row> | undefined, items: readonly Row[]): void {
    if (!page || items.length === 0) return;
    page.items = items;
    filled.add(page);
  }

  function readWhatLacks(): void {
    const end = seen.last + AHEAD_ROWS;
    let at = Math.max(beginning.items.length, seen.first - AHEAD_ROWS);
    while (at < Math.min(end, count())) {
      const page = pageOf(at);
      if (!page) break;
      if (!page.items) void fetchPage(page.cursor, ({ items }) => fill(page, items));
      at = page.first + page.count;
    }
    const cursor = next;
    if (cursor !== null && end > count()) void fetchPage(cursor, (page) => append(cursor, page));
  }

  function forgetFar(): void {
    for (const page of filled) {
      const isNear = page.first < seen.last + KEPT_ROWS && page.first + page.count > seen.first - KEPT_ROWS;
      if (isNear) continue;
      page.items = null;
      filled.delete(page);
    }
  }

  return {
    count,
    isWhole: () => next === null,
    row: (index) => {
      if (index < beginning.items.length) return beginning.items[index];
      const page = pageOf(index);
      return page?.items?.[index - page.first];
    },
    look(first, last) {
      seen = { first, last };
      readWhatLacks();
      forgetFar();
    },
    revision: () => revision,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
  };
}
