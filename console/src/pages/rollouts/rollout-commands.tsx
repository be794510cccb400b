import { StopOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Popconfirm, Space } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useChange } from '../../api/use-api.ts';
import { useFormat } from '../../parts/use-format.ts';
import { useMay } from '../../shell/session.ts';
import type { Rollout } from './rollout-words.tsx';

/** Commands are addressed to the stage and version on the screen, so that a stale page promotes nothing. */
function addressed({ stage, version }: Rollout) {
  return { stage, expected_version: version, command_id: crypto.randomUUID() };
}

/** What an operator can do now. Abort is always there, one click away; everything that goes forward asks first. */
export function RolloutCommands({ rollout }: { readonly rollout: Rollout }): ReactNode {
  const { t } = useTranslation();
  const { id, status, blocks, stage, stages } = rollout;
  const start = useChange('POST /rollouts/{id}/start');
  const pause = useChange('POST /rollouts/{id}/pause');
  const resume = useChange('POST /rollouts/{id}/resume');
  const approve = useChange('POST /rollouts/{id}/approve');
  const promote = useChange('POST /rollouts/{id}/promote');
  const retry = useChange('POST /rollouts/{id}/retry');
  const cancel = useChange('POST /rollouts/{id}/cancel');
  if (!useMay('operator')) return null;
  const body = addressed(rollout);
  const has = (...names: string[]): boolean => blocks.some(({ block }) => names.includes(block));
  if (status === 'draft') {
    return (
      <Space wrap>
        <Button
          type="primary"
          loading={start.isPending}
          onClick={() => start.mutate({ id, body: { ...body, stage: 0 } })}
        >
          {t('rollouts.start')}
        </Button>
        <Button onClick={() => cancel.mutate({ id, body })}>{t('rollouts.cancel')}</Button>
      </Space>
    );
  }
  if (status === 'aborted') {
    return (
      <Button loading={retry.isPending} onClick={() => retry.mutate({ id, body: { ...body, stage: 0 } })}>
        {t('rollouts.retry')}
      </Button>
    );
  }
  if (status !== 'active') return null;
  const isHeld = has('operator_pause', 'gate_failed', 'breaker_candidate');
  return (
    <Space wrap>
      {has('awaiting_approval') && (
        <Button type="primary" loading={approve.isPending} onClick={() => approve.mutate({ id, body })}>
          {t('rollouts.approve')}
        </Button>
      )}
      {isHeld ? (
        <Button loading={resume.isPending} onClick={() => resume.mutate({ id, body })}>
          {t('rollouts.resume')}
        </Button>
      ) : (
        <Button loading={pause.isPending} onClick={() => pause.mutate({ id, body: {} })}>
          {t('rollouts.pause')}
        </Button>
      )}
      <Popconfirm
        title={t('rollouts.promoteSure', { from: stage + 1, to: Math.min(stage + 2, stages.length) })}
        onConfirm={() => promote.mutate({ id, body })}
      >
        <Button loading={promote.isPending}>{t('rollouts.promote')}</Button>
      </Popconfirm>
      <MoreCommands rollout={rollout} />
      <AbortButton id={id} />
    </Space>
  );
}

function AbortButton({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormat();
  const abort = useChange('POST /rollouts/{id}/abort');
  const run = (): void => {
    const startMs = performance.now();
    abort.mutate(
      { id, body: { command_id: crypto.randomUUID() } },
      {
        onSuccess: () =>
          void message.success(
            t('rollouts.abortedIn', { time: format.duration(performance.now() - startMs) }),
            6,
          ),
      },
    );
  };
  return (
    <Button danger type="primary" icon={<StopOutlined />} loading={abort.isPending} onClick={run}>
      {t('rollouts.abort')}
    </Button>
  );
}

function MoreCommands({ rollout }: { readonly rollout: Rollout }): ReactNode {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { id, candidate_model_id: model } = rollout;
  const full = useChange('POST /rollouts/{id}/promote-full');
  const back = useChange('POST /rollouts/{id}/step-back');
  const body = addressed(rollout);
  const askFull = (): void =>
    void modal.confirm({
      title: t('rollouts.promoteFullSure', { model }),
      okText: t('rollouts.promoteFull'),
      onOk: () => full.mutate({ id, body }),
    });
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'back', label: t('rollouts.stepBack') },
          { key: 'full', label: t('rollouts.promoteFull') },
        ],
        onClick: ({ key }) => (key === 'back' ? back.mutate({ id, body }) : askFull()),
      }}
    >
      <Button>{t('rollouts.more')}</Button>
    </Dropdown>
  );
}
