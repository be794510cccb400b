import type { UseQueryResult } from '@tanstack/react-query';
import type { TableProps } from 'antd';
import type { ReactNode } from 'react';
import { DataTable } from './data-table.tsx';
import { EmptyState } from './empty-state.tsx';
import { Known } from './known.tsx';
import { Page } from './page.tsx';
import { Panel } from './panel.tsx';

interface ListPageProps<Row> {
  readonly title: string;
  readonly lead: string;
  /** The button that adds one; false for whom that is not allowed to. */
  readonly add: ReactNode;
  readonly of: UseQueryResult<{ readonly items: Row[] }, Error>;
  /** What an empty list says: that it is empty, and what to do. */
  readonly empty: { readonly title: string; readonly advice: string; readonly command: string };
  readonly columns: NonNullable<TableProps<Row>['columns']>;
}

/** A page that is one list of things with ids. */
export function ListPage<Row extends { readonly id: string }>(props: ListPageProps<Row>): ReactNode {
  const { title, lead, add, of, empty, columns } = props;
  return (
    <Page title={title} lead={lead} actions={add}>
      <Panel isFlush>
        <Known of={of}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState {...empty} action={add} />
            ) : (
              <DataTable<Row> rowKey="id" dataSource={items} columns={columns} />
            )
          }
        </Known>
      </Panel>
    </Page>
  );
}
