import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { useModels } from '../../parts/use-models.ts';
import { useSaved } from '../../parts/use-saved.ts';
import { useMay } from '../../shell/session.ts';
import { removeShare, rulesOf, type Share, setShare, sharesOf } from './split.ts';
import { SplitBar } from './split-bar.tsx';

interface SplitEditorProps {
  readonly route: Answer<'GET /routes/{id}'>;
}

/** Who gets which share, dragged or typed; in force when it is saved. */
export function SplitEditor({ route }: SplitEditorProps): ReactNode {
  const { t } = useTranslation();
  const saved = useSaved();
  const [shares, setShares] = useState<Share[]>(() => sharesOf(route.rules));
  const [stable, setStable] = useState(route.stable_model_id);
  const update = useChange('PATCH /routes/{id}');
  const mayEdit = useMay('operator') && route.managed_by === null;
  const isChanged =
    JSON.stringify(shares) !== JSON.stringify(sharesOf(route.rules)) || stable !== route.stable_model_id;
  const save = (): void =>
    update.mutate(
      { id: route.id, ifMatch: route.version, body: { rules: rulesOf(shares), stable_model_id: stable } },
      { onSuccess: saved },
    );
  return (
    <div className="stack">
      <SplitBar shares={shares} isFixed={!mayEdit} onChange={setShares} />
      <ShareRows {...{ shares, setShares, mayEdit }} />
      <StableChoice {...{ shares, stable, setStable, mayEdit }} />
      {mayEdit && (
        <div className="row">
          <Button type="primary" disabled={!isChanged} loading={update.isPending} onClick={save}>
            {t('routes.save')}
          </Button>
          <Button disabled={!isChanged} onClick={() => setShares(sharesOf(route.rules))}>
            {t('common.undo')}
          </Button>
          <span className="muted small">{t('routes.growing')}</span>
        </div>
      )}
    </div>
  );
}

interface RowsProps {
  readonly shares: Share[];
  setShares(shares: Share[]): void;
  readonly mayEdit: boolean;
}

export function ShareRows({ shares, setShares, mayEdit }: RowsProps): ReactNode {
  const { t } = useTranslation();
  const models = useModels().data?.items ?? [];
  const change = (index: number, part: Partial<Share>): void =>
    setShares(shares.map((share, at) => (at === index ? { ...share, ...part } : share)));
  const unused = models.find(({ id }) => !shares.some(({ model_id }) => model_id === id));
  return (
    <div className="share-rows">
      {shares.map(({ model_id, size, description }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two rules may name one model; their place is what they are
        <div key={index} className="share-row">
          <Select
            aria-label={t('common.model')}
            value={model_id}
            disabled={!mayEdit}
            options={models.map(({ id }) => ({ value: id, label: id }))}
            onChange={(id) => change(index, { model_id: id })}
          />
          <InputNumber
            aria-label={t('routes.weight', { model: model_id })}
            value={size / 100}
            disabled={!mayEdit || shares.length < 2}
            min={0}
            max={100}
            step={1}
            precision={2}
            suffix="%"
            onChange={(percent) => percent !== null && setShares(setShare(shares, index, percent * 100))}
          />
          <Input
            aria-label={t('routes.description')}
            placeholder={t('routes.description')}
            value={description}
            disabled={!mayEdit}
            maxLength={500}
            onChange={({ target }) => change(index, { description: target.value })}
          />
          <Button
            type="text"
            aria-label={t('routes.removeRule', { model: model_id })}
            disabled={!mayEdit || shares.length < 2}
            icon={<DeleteOutlined />}
            onClick={() => setShares(removeShare(shares, index))}
          />
        </div>
      ))}
      {mayEdit && unused && (
        <Button
          type="dashed"
          icon={<PlusOutlined />}
          onClick={() => setShares([...shares, { model_id: unused.id, size: 0, description: '' }])}
        >
          {t('routes.addRule')}
        </Button>
      )}
    </div>
  );
}

interface StableProps {
  readonly shares: readonly Share[];
  readonly stable: string;
  setStable(id: string): void;
  readonly mayEdit: boolean;
}

function StableChoice({ shares, stable, setStable, mayEdit }: StableProps): ReactNode {
  const { t } = useTranslation();
  const ids = [...new Set([...shares.map(({ model_id }) => model_id), stable])];
  return (
    <div className="row">
      <span>{t('routes.stable')}</span>
      <Select
        aria-label={t('routes.stable')}
        value={stable}
        disabled={!mayEdit}
        onChange={setStable}
        options={ids.map((id) => ({ value: id, label: id }))}
        popupMatchSelectWidth={false}
      />
      <span className="muted small">{t('routes.stableHelp')}</span>
    </div>
  );
}
