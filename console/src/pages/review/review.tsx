import type { ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { BatchList } from './batch-list.tsx';
import { BatchView } from './batch-view.tsx';

export function Review(): ReactNode {
  return (
    <Switch>
      <Route path="/review" component={BatchList} />
      <Route path="/review/:id">{({ id }) => <BatchView key={id} id={decodeURIComponent(id)} />}</Route>
    </Switch>
  );
}
