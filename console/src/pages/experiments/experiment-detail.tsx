import { DownloadOutlined } from '@ant-design/icons';
import { Button, Dropdown, Popconfirm, Space } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Answer, addressOf } from '../../api/call.ts';
import { useApi, useChange } from '../../api/use-api.ts';
import { useCodeWord } from '../../parts/code-word.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Known } from '../../parts/known.tsx';
import { useMetricText } from '../../parts/metric-text.ts';
import { ModelName } from '../../parts/model-name.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateTag, type Tone } from '../../parts/state-tag.tsx';
import { useFormat } from '../../parts/use-format.ts';
import { useMetrics } from '../../parts/use-metrics.ts';
import { useSaid } from '../../parts/use-said.ts';
import { useMay } from '../../shell/session.ts';
import { ExperimentState } from './experiment-list.tsx';
import { ForestPlot } from './forest-plot.tsx';

type Experiment = Answer<'GET /experiments/{id}'>;
type Report = Answer<'GET /experiments/{id}/report'>;
const LEVELS: Readonly<Record<Report['health'][number]['level'], Tone>> = {
  fine: 'good',
  warning: 'warn',
  invalid: 'bad',
};

export function ExperimentDetail({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const experiment = useApi('GET /experiments/{id}', { id, everyMs: 10_000 });
  const hasBegun = experiment.data !== undefined && experiment.data.started_at !== null;
  const report = useApi('GET /experiments/{id}/report', { id, everyMs: 10_000, enabled: hasBegun });
  return (
    <Page
      title={experiment.data?.name ?? id}
      lead={<Link href="/experiments">← {t('nav.experiments')}</Link>}
      actions={experiment.data && <Commands experiment={experiment.data} hasReport={hasBegun} />}
    >
      <Known of={experiment}>
        {(data) =>
          hasBegun ? (
            <Known of={report}>{(said) => <ReportView report={said} experiment={data} />}</Known>
          ) : (
            <Panel title={data.id} extra={<ExperimentState status={data.status} />}>
              <p className="muted">{t('experiments.draft')}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long plan scrolls, also by keyboard */}
              <pre className="code raw" tabIndex={0}>
                {JSON.stringify(data, null, 2)}
              </pre>
            </Panel>
          )
        }
      </Known>
    </Page>
  );
}

interface CommandsProps {
  readonly experiment: Experiment;
  readonly hasReport: boolean;
}

function Commands({ experiment: { id, status }, hasReport }: CommandsProps): ReactNode {
  const { t, i18n } = useTranslation();
  const start = useChange('POST /experiments/{id}/start');
  const stop = useChange('POST /experiments/{id}/stop');
  const archive = useChange('POST /experiments/{id}/archive');
  const may = useMay('operator');
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const files = [
    { key: 'csv', label: <a href={addressOf('GET /experiments/{id}/report.csv', { id })}>CSV</a> },
    {
      key: 'md',
      label: <a href={addressOf('GET /experiments/{id}/report.md', { id, query: { language } })}>Markdown</a>,
    },
    {
      key: 'html',
      label: <a href={addressOf('GET /experiments/{id}/report.html', { id, query: { language } })}>HTML</a>,
    },
  ];
  return (
    <Space wrap>
      {hasReport && (
        <Dropdown trigger={['click']} menu={{ items: files }}>
          <Button icon={<DownloadOutlined />}>{t('experiments.export')}</Button>
        </Dropdown>
      )}
      {may && status === 'draft' && (
        <Button type="primary" loading={start.isPending} onClick={() => start.mutate({ id })}>
          {t('experiments.start')}
        </Button>
      )}
      {may && status === 'running' && (
        <Popconfirm title={t('experiments.stopSure')} onConfirm={() => stop.mutate({ id })}>
          <Button danger loading={stop.isPending}>
            {t('experiments.stop')}
          </Button>
        </Popconfirm>
      )}
      {may && status === 'stopped' && (
        <Button loading={archive.isPending} onClick={() => archive.mutate({ id })}>
          {t('experiments.archive')}
        </Button>
      )}
    </Space>
  );
}

interface ReportProps {
  readonly report: Report;
  readonly experiment: Experiment;
}

/** The decision first, then whether it can be trusted, then the figures behind it. */
function ReportView({ report, experiment }: ReportProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid();
  const findings = report.health.filter(({ level }) => level !== 'fine');
  return (
    <div className="stack">
      <Panel
        title={t(`decision.${report.decision.action}`)}
        extra={<ExperimentState status={experiment.status} />}
      >
        <p>{said(report.decision.said)}</p>
        <p className="muted small">
          {t('experiments.readAt', {
            time: format.moment(report.read_at),
            end: format.moment(report.ends_at),
          })}
        </p>
      </Panel>
      <Panel title={t('experiments.health')}>
        {findings.length === 0 && <StateTag tone="good">{t('experiments.healthy')}</StateTag>}
        <ul className="findings">
          {findings.map(({ check, level, said: told }) => (
            <li key={check}>
              <StateTag tone={LEVELS[level]}>{t(`level.${level}`)}</StateTag>
              <span className="finding-why">{said(told)}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('experiments.effects')}>
        <ForestPlot metrics={report.metrics} />
      </Panel>
      <Panel isFlush title={t('experiments.arms')}>
        <DataTable
          size="middle"
          rowKey="name"
          dataSource={report.arms}
          columns={[
            { title: t('experiments.arm'), dataIndex: 'name' },
            {
              title: t('common.model'),
              dataIndex: 'model_id',
              render: (id: string) => <ModelName id={id} />,
            },
            { title: t('experiments.share'), dataIndex: 'share', align: 'right', render: format.percent },
            { title: t('experiments.users'), dataIndex: 'users', align: 'right', render: format.count },
          ]}
        />
      </Panel>
      <Groups groups={report.groups} />
    </div>
  );
}

/** Exploratory: strata and intents, with what stands out among all of them. */
function Groups({ groups }: Pick<Report, 'groups'>): ReactNode {
  const { t } = useTranslation();
  const word = useCodeWord();
  const metricOf = useMetrics();
  const { effectText } = useMetricText();
  const effectOf = (metric: string, numbers: NonNullable<Report['groups'][number]['numbers']>): string => {
    const [value, lo, hi] = [numbers.value, numbers.lo, numbers.hi].map((one) =>
      effectText(metricOf(metric).unit, numbers.scale, one),
    );
    return `${value} [${lo}, ${hi}]`;
  };
  return (
    <Panel isFlush title={t('experiments.groups')}>
      <DataTable
        size="middle"
        rowKey={({ metric, arm, grouped_by, group }) => `${metric} ${arm} ${grouped_by} ${group}`}
        dataSource={groups.filter(({ numbers }) => numbers !== null)}
        locale={{ emptyText: t('experiments.noGroups') }}
        columns={[
          {
            title: t('conversations.figure'),
            dataIndex: 'metric',
            render: (metric: string) => metricOf(metric).name,
          },
          {
            title: t('experiments.group'),
            key: 'group',
            render: (_, { grouped_by, group }) => (grouped_by === 'stratum' ? word('stratum', group) : group),
          },
          { title: t('experiments.arm'), dataIndex: 'arm' },
          {
            title: t('experiments.effect'),
            key: 'effect',
            align: 'right',
            render: (_, { metric, numbers }) => numbers && effectOf(metric, numbers),
          },
          {
            title: '',
            key: 'out',
            render: (_, { numbers }) =>
              numbers?.stands_out && <StateTag tone="info">{t('experiments.standsOut')}</StateTag>,
          },
        ]}
      />
    </Panel>
  );
}
