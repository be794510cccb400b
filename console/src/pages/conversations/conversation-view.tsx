import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Answer } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { useCodeWord } from '../../parts/code-word.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Known } from '../../parts/known.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { RequestView } from './request-view.tsx';
import { Ending } from './session-table.tsx';

type Story = Answer<'GET /sessions/{id}'>;

/** One conversation from its first message to its end: what was said, who answered, why and how fast. */
export function ConversationView({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const story = useApi('GET /sessions/{id}', { id });
  return (
    <Page
      title={t('conversation.title')}
      lead={<Link href="/conversations">← {t('nav.conversations')}</Link>}
    >
      <Known of={story}>
        {({ session, rounds, texts }) => (
          <div className="stack">
            <Summary session={session} />
            {texts === 'hidden' && <p className="muted">{t('conversation.hidden')}</p>}
            {rounds.map(({ round, requests }) => (
              <Panel key={round} title={t('conversation.round', { round: round ?? '–' })}>
                <div className="stack">
                  {requests.map((request) => (
                    <RequestView key={request.request_id} request={request} />
                  ))}
                </div>
              </Panel>
            ))}
          </div>
        )}
      </Known>
    </Page>
  );
}

function Summary({ session }: { readonly session: Story['session'] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const word = useCodeWord();
  const { user_id, model_id, intent } = session;
  const verdict = session.task_completed;
  const facts: [string, ReactNode][] = [
    [t('conversation.session'), <CopyText key="session" text={session.session_id} />],
    [t('who.user'), user_id === null ? '–' : <CopyText key="user" text={user_id} />],
    [t('conversations.started'), <TimeText key="time" time={session.started_at} />],
    [t('common.model'), model_id === null ? '–' : <ModelName key="model" id={model_id} />],
    [t('conversations.rounds'), session.rounds],
    [t('conversations.stay'), format.duration(session.stay_ms)],
    [t('conversations.followUps'), session.follow_ups],
    [t('conversation.intent'), intent ?? '–'],
    [
      t('conversation.task'),
      verdict === null
        ? '–'
        : `${t(verdict ? 'common.yes' : 'common.no')} · ${word('judgedBy', session.judged_by ?? '')}`,
    ],
  ];
  return (
    <Panel title={t('conversation.summary')} extra={<Ending {...session} />}>
      <Facts facts={facts} />
    </Panel>
  );
}
