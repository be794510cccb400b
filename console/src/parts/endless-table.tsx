import { memo, type ReactNode, type UIEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LongReading } from '../api/use-long-list.ts';
import { Loading } from './loading.tsx';
import { TroubleView } from './trouble-view.tsx';
import { useFormat } from './use-format.ts';

const HEIGHT_PX = 560;
/** A million rows stay below the height that browsers can scroll, 33,554,432 px. */
const ROW_PX = 32;
/** Drawn above and below what is seen. */
const SPARE_ROWS = 8;
const DRAWN_ROWS = Math.ceil(HEIGHT_PX / ROW_PX) + 2 * SPARE_ROWS;

export interface EndlessColumn<Row> {
  readonly title: string;
  /** Pixels at least; a wider window shares the rest out. */
  readonly width: number;
  readonly isRight?: boolean;
  cell(row: Row): ReactNode;
}

interface EndlessProps<Row> {
  readonly rows: LongReading<Row>;
  readonly label: string;
  /** The same ones as long as they say the same, or every row is drawn again while one scrolls. */
  readonly columns: readonly EndlessColumn<Row>[];
  readonly empty: ReactNode;
  onOpen?(row: Row): void;
}

/** A list of any length in a box: only the rows that are seen are drawn. */
export function EndlessTable<Row extends object>(props: EndlessProps<Row>): ReactNode {
  const { rows, label, columns, empty, onOpen } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const [first, setFirst] = useState(0);
  const { list, error, refetch } = rows;
  useEffect(() => list?.look(first, first + DRAWN_ROWS), [list, first]);
  if (error) return <TroubleView error={error} onRetry={refetch} />;
  if (!list) return <Loading rows={10} />;
  const count = list.count();
  if (count === 0) return <div className="empty">{empty}</div>;
  const watch = ({ currentTarget: box }: UIEvent): void =>
    setFirst(Math.max(0, Math.floor(box.scrollTop / ROW_PX) - SPARE_ROWS));
  const drawn = Array.from({ length: Math.min(DRAWN_ROWS, count - first) }, (_, at) => first + at);
  const gridTemplateColumns = columns.map(({ width }) => `minmax(${width}px, ${width}fr)`).join(' ');
  const minWidth = columns.reduce((sum, { width }) => sum + width, 0);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls, also by keyboard */}
      <div className="endless" tabIndex={0} style={{ maxHeight: HEIGHT_PX }} onScroll={watch}>
        <table aria-label={label} aria-rowcount={list.isWhole() ? count + 1 : -1} style={{ minWidth }}>
          <thead>
            <tr style={{ gridTemplateColumns }}>
              {columns.map(({ title, isRight }) => (
                <th key={title} scope="col" className={isRight ? 'right' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody style={{ height: count * ROW_PX, paddingTop: first * ROW_PX }}>
            {drawn.map((index) => (
              <OneRow
                // What leaves above comes in again below, so that scrolling makes no row anew.
                key={index % DRAWN_ROWS}
                row={list.row(index)}
                {...{ columns, gridTemplateColumns, index }}
                onOpen={onOpen as ((row: object) => void) | undefined}
              />
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted small table-foot">
        {t(list.isWhole() ? 'table.all' : 'table.some', { count, text: format.count(count) })}
      </p>
    </>
  );
}

interface RowProps {
  /** Undefined while it is on its way. */
  readonly row: object | undefined;
  readonly columns: readonly EndlessColumn<never>[];
  readonly index: number;
  readonly gridTemplateColumns: string;
  readonly onOpen: ((row: object) => void) | undefined;
}

const OneRow = memo(({ row, columns, index, gridTemplateColumns, onOpen }: RowProps): ReactNode => {
  const place = { gridTemplateColumns, height: ROW_PX };
  return (
    <tr
      aria-rowindex={index + 2}
      className={onOpen && row ? 'clickable' : ''}
      style={place}
      onClick={onOpen && row && (() => onOpen(row))}
    >
      {columns.map(({ title, isRight, cell }) => (
        <td key={title} className={isRight ? 'right num' : ''}>
          {row ? cell(row as never) : '…'}
        </td>
      ))}
    </tr>
  );
});
