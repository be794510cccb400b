import type { ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { ModelDetail } from './model-detail.tsx';
import { ModelList } from './model-list.tsx';
import { ModelWizard } from './model-wizard.tsx';

export function Models(): ReactNode {
  return (
    <Switch>
      <Route path="/models" component={ModelList} />
      <Route path="/models/new" component={ModelWizard} />
      <Route path="/models/:id">{({ id }) => <ModelDetail key={id} id={decodeURIComponent(id)} />}</Route>
    </Switch>
  );
}
