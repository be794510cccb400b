import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** The way to a form that makes something new. */
export function AddLink({ to, children }: { readonly to: string; readonly children: string }): ReactNode {
  return (
    <Link href={to} asChild>
      <Button type="primary" icon={<PlusOutlined />}>
        {children}
      </Button>
    </Link>
  );
}
