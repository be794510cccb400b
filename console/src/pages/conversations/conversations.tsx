import type { ReactNode } from 'react';
import { Route, Switch } from 'wouter';
import { ConversationList } from './conversation-list.tsx';
import { ConversationView } from './conversation-view.tsx';

export function Conversations(): ReactNode {
  return (
    <Switch>
      <Route path="/conversations" component={ConversationList} />
      <Route path="/conversations/:id">
        {({ id }) => <ConversationView key={id} id={decodeURIComponent(id)} />}
      </Route>
    </Switch>
  );
}
