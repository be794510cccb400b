import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading } from './loading.tsx';
import { TroubleView } from './trouble-view.tsx';

interface KnownProps<T> {
  readonly of: UseQueryResult<T, Error>;
  /** Lines of the placeholder: about as many as will come. */
  readonly rows?: number;
  children(data: T): ReactNode;
}

/** Shows what was read: until it is there a placeholder, and where it never comes, why. */
export function Known<T>({ of, rows, children }: KnownProps<T>): ReactNode {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <TroubleView error={of.error} onRetry={() => void of.refetch()} />;
  return <Loading {...(rows !== undefined && { rows })} />;
}
