import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Answer, addressOf } from '../../api/call.ts';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Known } from '../../parts/known.tsx';
import { ModelName } from '../../parts/model-name.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { useFormat } from '../../parts/use-format.ts';
import { useMay } from '../../shell/session.ts';
import { PreferenceTables } from './preference-tables.tsx';
import { Rating } from './rating.tsx';
import { SecondAnswers } from './second-answers.tsx';

export function BatchView({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const mayRate = useMay('analyst');
  const [tab, setTab] = useAddressState<string>('tab', mayRate ? 'rate' : 'result');
  const items = [
    ...(mayRate ? [{ key: 'rate', label: t('review.rate'), children: <Rating id={id} /> }] : []),
    { key: 'result', label: t('review.result'), children: <Result id={id} /> },
  ];
  return (
    <Page
      title={id}
      lead={<Link href="/review">← {t('nav.review')}</Link>}
      actions={
        mayRate && (
          <a href={addressOf('GET /reviews/{id}/ratings.csv', { id })}>{t('conversations.export')}</a>
        )
      }
    >
      <SecondAnswers id={id} />
      <Tabs activeKey={tab} onChange={setTab} items={items} destroyOnHidden />
    </Page>
  );
}

/** What was found, model beside model, with intervals, and how far the reviewers agree. */
function Result({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const result = useApi('GET /reviews/{id}/result', { id });
  return (
    <Known of={result}>
      {({ mode, models, preferences, agreement, rated, items }) => (
        <div className="stack">
          <p className="muted">{t('review.rated', { rated, all: items })}</p>
          {mode === 'single' ? (
            <ModelTable models={models} />
          ) : (
            <PreferenceTables preferences={preferences} />
          )}
          <Panel isFlush title={t('review.agreement')}>
            <DataTable
              size="middle"
              rowKey="question_id"
              dataSource={agreement}
              columns={[
                { title: t('review.question'), dataIndex: 'question_id' },
                {
                  title: 'Krippendorff α',
                  key: 'alpha',
                  align: 'right',
                  render: (_, { alpha, status }) => (alpha === null ? status : format.decimal(alpha)),
                },
                {
                  title: t('review.same'),
                  key: 'same',
                  align: 'right',
                  render: (_, { same }) => (same === null ? '–' : format.share(same)),
                },
                { title: t('review.answers'), dataIndex: 'answers', align: 'right' },
              ]}
            />
          </Panel>
        </div>
      )}
    </Known>
  );
}

type Models = Answer<'GET /reviews/{id}/result'>['models'];

function ModelTable({ models }: { readonly models: Models }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel isFlush title={t('review.result')}>
      <DataTable
        size="middle"
        rowKey="id"
        dataSource={models[0]?.questions ?? []}
        columns={[
          { title: t('review.question'), dataIndex: 'text' },
          ...models.map((model) => ({
            title: <ModelName id={model.model_id} isLink={false} />,
            key: model.model_id,
            align: 'right' as const,
            render: (_: unknown, { id: question }: { id: string }) => {
              const found = model.questions.find((one) => one.id === question);
              if (!found || found.value === null) return found?.status ?? '–';
              const show = found.scale === 'yes_no' ? format.share : format.decimal;
              const interval =
                found.low === null || found.high === null ? '' : ` [${show(found.low)}, ${show(found.high)}]`;
              return `${show(found.value)}${interval}`;
            },
          })),
        ]}
      />
    </Panel>
  );
}
