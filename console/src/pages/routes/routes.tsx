import type { ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { NewRoute } from './new-route.tsx';
import { RouteDetail } from './route-detail.tsx';
import { RouteList } from './route-list.tsx';

export function Routes(): ReactNode {
  return (
    <Switch>
      <Route path="/routes" component={RouteList} />
      <Route path="/routes/new" component={NewRoute} />
      <Route path="/routes/:id">{({ id }) => <RouteDetail key={id} id={decodeURIComponent(id)} />}</Route>
    </Switch>
  );
}
