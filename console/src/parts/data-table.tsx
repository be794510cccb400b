import { Table, type TableProps } from 'antd';
import { type ReactNode, useEffect, useRef } from 'react';

/** A table whose overflow can be scrolled by keyboard too; otherwise as the widget is. */
export function DataTable<Row extends object>(props: TableProps<Row>): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  // The widget makes its scrolling box anew whenever its rows come or go.
  useEffect(() => {
    const boxes = place.current?.querySelectorAll('.ant-table-content, .ant-table-body') ?? [];
    for (const box of boxes) box.setAttribute('tabindex', '0');
  });
  return (
    <div ref={place}>
      <Table<Row> pagination={false} scroll={{ x: 'max-content' }} {...props} />
    </div>
  );
}
