import type { ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { NewRollout } from './new-rollout.tsx';
import { RolloutDetail } from './rollout-detail.tsx';
import { RolloutList } from './rollout-list.tsx';

export function Rollouts(): ReactNode {
  return (
    <Switch>
      <Route path="/rollouts" component={RolloutList} />
      <Route path="/rollouts/new" component={NewRollout} />
      <Route path="/rollouts/:id">{({ id }) => <RolloutDetail key={id} id={decodeURIComponent(id)} />}</Route>
    </Switch>
  );
}
