import type { ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { ExperimentDetail } from './experiment-detail.tsx';
import { ExperimentList } from './experiment-list.tsx';
import { NewExperiment } from './new-experiment.tsx';

export function Experiments(): ReactNode {
  return (
    <Switch>
      <Route path="/experiments" component={ExperimentList} />
      <Route path="/experiments/new" component={NewExperiment} />
      <Route path="/experiments/:id">
        {({ id }) => <ExperimentDetail key={id} id={decodeURIComponent(id)} />}
      </Route>
    </Switch>
  );
}
