import { Button, Drawer, Form } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer, Body } from '../../api/call.ts';
import { useChange } from '../../api/use-api.ts';
import { changedOnly, fieldFaults } from '../../parts/fields-of.ts';
import { type ModelDraft, toBody, toDraft } from './model-draft.ts';
import { AddressFields, LimitFields, MoreFields } from './model-fields.tsx';

interface ModelFormProps {
  readonly model: Answer<'GET /models/{id}'>;
  onClose(): void;
}

/** Changes a model; only what differs is sent, against the version that was seen. */
export function ModelForm({ model, onClose }: ModelFormProps): ReactNode {
  const { t } = useTranslation();
  const [form] = Form.useForm<ModelDraft>();
  const update = useChange('PATCH /models/{id}', (error) => form.setFields(fieldFaults(error) as never));
  const before = toDraft(model);
  const save = (draft: ModelDraft): void => {
    const body = changedOnly(toBody(before), toBody(draft)) as Body<'PATCH /models/{id}'>;
    update.mutate({ id: model.id, body, ifMatch: model.version }, { onSuccess: onClose });
  };
  return (
    <Drawer
      open
      size={560}
      title={t('models.editTitle', { id: model.id })}
      onClose={onClose}
      extra={
        <Button type="primary" loading={update.isPending} onClick={() => form.submit()}>
          {t('common.save')}
        </Button>
      }
    >
      <Form form={form} layout="vertical" initialValues={before} onFinish={save}>
        <AddressFields />
        <LimitFields />
        <MoreFields />
      </Form>
    </Drawer>
  );
}
