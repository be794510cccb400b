import { Table, type TableColumnsType } from 'antd';
import type { ReactNode, UIEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { usePages } from '../api/use-pages.ts';
import { Loading } from './loading.tsx';
import { TroubleView } from './trouble-view.tsx';
import { useFormat } from './use-format.ts';

/** So far before the end the next page is asked for. */
const AHEAD_PX = 2_000;
const HEIGHT = 560;

interface EndlessProps<Row> {
  readonly pages: Pick<ReturnType<typeof usePages>, 'error' | 'isWhole' | 'readMore' | 'refetch'> & {
    readonly items: Row[] | undefined;
  };
  readonly columns: TableColumnsType<Row>;
  /** Pixels of all columns together: a narrower window scrolls. */
  readonly width: number;
  readonly rowKey: keyof Row & string;
  readonly empty: ReactNode;
  onOpen?(row: Row): void;
}

/** A list of any length in a box: only the rows that are seen are drawn. */
export function EndlessTable<Row extends object>(props: EndlessProps<Row>): ReactNode {
  const { pages, columns, width, rowKey, empty, onOpen } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { items, error, isWhole, readMore } = pages;
  if (error) return <TroubleView error={error} onRetry={() => void pages.refetch()} />;
  if (!items) return <Loading rows={10} />;
  if (items.length === 0) return <div className="empty">{empty}</div>;
  const watch = ({ currentTarget: box }: UIEvent): void => {
    if (box.scrollHeight - box.scrollTop - box.clientHeight < AHEAD_PX) readMore();
  };
  return (
    <>
      <Table<Row>
        virtual
        size="small"
        rowKey={rowKey}
        columns={columns}
        dataSource={items}
        pagination={false}
        scroll={{ x: width, y: HEIGHT }}
        onScroll={watch}
        {...(onOpen && { onRow: (row) => ({ onClick: () => onOpen(row), className: 'clickable' }) })}
      />
      <p className="muted small table-foot">
        {t(isWhole ? 'table.all' : 'table.some', { count: items.length, text: format.count(items.length) })}
      </p>
    </>
  );
}
