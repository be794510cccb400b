import { Skeleton } from 'antd';
import type { ReactNode } from 'react';

/** Stands where something will be, as large as that. */
export function Loading({ rows = 6 }: { readonly rows?: number }): ReactNode {
  return (
    <div className="loading" aria-busy="true">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}
