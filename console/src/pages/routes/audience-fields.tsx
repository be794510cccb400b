import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useModels } from '../../parts/use-models.ts';
import { MARKS } from './audiences.ts';

/** Users who get a model of their own, whatever their bucket: in order, the first that fits decides. */
export function AudienceFields(): ReactNode {
  const { t } = useTranslation();
  return (
    <Form.List name="audiences">
      {(audiences, { add, remove, move }) => (
        <>
          {audiences.map(({ key, name }) => (
            <AudienceRow
              key={key}
              name={name}
              onUp={() => move(name, name - 1)}
              onRemove={() => remove(name)}
            />
          ))}
          <Button
            type="link"
            size="small"
            icon={<PlusOutlined />}
            onClick={() => add({ name: '', mark: 'user_ids' })}
          >
            {t('routes.addAudience')}
          </Button>
        </>
      )}
    </Form.List>
  );
}

interface RowProps {
  readonly name: number;
  onUp(): void;
  onRemove(): void;
}

function AudienceRow({ name, onUp, onRemove }: RowProps): ReactNode {
  const { t } = useTranslation();
  const models = useModels().data?.items ?? [];
  const mark = Form.useWatch(['audiences', name, 'mark'], Form.useFormInstance());
  const needed = [{ required: true, message: t('routes.audienceNeeds') }];
  return (
    <div className="audience-row">
      <Form.Item name={[name, 'name']} label={t('routes.audience')} rules={needed}>
        <Input maxLength={128} />
      </Form.Item>
      <Form.Item name={[name, 'mark']} label={t('routes.mark')}>
        <Select
          options={MARKS.map((value) => ({ value, label: t(`mark.${value}`) }))}
          popupMatchSelectWidth={false}
        />
      </Form.Item>
      {mark === 'user_ids' ? (
        <Form.Item name={[name, 'ids']} label={t('routes.markIs')} rules={needed}>
          <Select mode="tags" tokenSeparators={['\n', ',']} open={false} suffixIcon={null} maxTagCount={3} />
        </Form.Item>
      ) : (
        <Form.Item name={[name, 'text']} label={t('routes.markIs')} rules={needed}>
          <Input placeholder={mark === 'created_after' ? '2026-06-01T00:00:00Z' : ''} />
        </Form.Item>
      )}
      <Form.Item name={[name, 'model_id']} label={t('common.model')} rules={needed}>
        <Select options={models.map(({ id }) => ({ value: id, label: id }))} popupMatchSelectWidth={false} />
      </Form.Item>
      <Button
        type="text"
        icon={<ArrowUpOutlined />}
        aria-label={t('routes.audienceUp', { number: name + 1 })}
        disabled={name === 0}
        onClick={onUp}
      />
      <Button
        type="text"
        icon={<DeleteOutlined />}
        aria-label={t('routes.removeAudience', { number: name + 1 })}
        onClick={onRemove}
      />
    </div>
  );
}
