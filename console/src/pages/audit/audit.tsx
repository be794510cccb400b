import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import { CodeWord } from '../../parts/code-word.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Difference } from '../../parts/difference.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { TroubleView } from '../../parts/trouble-view.tsx';

/** Who changed what, newest first, with what differs. */
export function Audit(): ReactNode {
  const { t } = useTranslation();
  const { items, error, isWhole, readMore, refetch } = usePages('GET /audit', {});
  return (
    <Page title={t('nav.audit')} lead={t('audit.lead')}>
      <Panel isFlush>
        {error && <TroubleView error={error} onRetry={() => void refetch()} />}
        {!items && !error && <Loading rows={10} />}
        {items && (
          <DataTable
            size="middle"
            rowKey="id"
            dataSource={items}
            expandable={{
              rowExpandable: ({ before, after }) => before !== null || after !== null,
              expandedRowRender: ({ before, after }) => <Difference before={before} after={after} />,
            }}
            columns={[
              { title: t('common.time'), dataIndex: 'at', render: (at: string) => <TimeText time={at} /> },
              {
                title: t('history.action'),
                dataIndex: 'action',
                render: (action: string) => <CodeWord list="action" code={action} />,
              },
              {
                title: t('audit.what'),
                dataIndex: 'resource',
                render: (resource: string) => <ResourceLink resource={resource} />,
              },
              {
                title: t('history.actor'),
                key: 'actor',
                render: (_, { actor_name, role }) => (
                  <>
                    {actor_name} <span className="muted">· {t(`role.${role}` as 'role.admin')}</span>
                  </>
                ),
              },
              { title: t('audit.from'), dataIndex: 'ip', render: (ip: string | null) => ip ?? '–' },
              { title: t('history.version'), dataIndex: 'config_version', align: 'right' },
            ]}
          />
        )}
        {items && !isWhole && (
          <div className="table-foot">
            <Button onClick={readMore}>{t('audit.more')}</Button>
          </div>
        )}
      </Panel>
    </Page>
  );
}

/** Where the console shows what the audit names by its place in the API. */
const PAGES: Readonly<Record<string, string>> = {
  models: '/models/',
  breakers: '/models/',
  routes: '/routes/',
  rollouts: '/rollouts/',
  experiments: '/experiments/',
  reviews: '/review/',
};

function ResourceLink({ resource }: { readonly resource: string }): ReactNode {
  const [kind = '', id] = resource.split('/');
  const page = PAGES[kind];
  if (page === undefined || id === undefined) return resource;
  return <Link href={`${page}${encodeURIComponent(id)}`}>{resource}</Link>;
}
