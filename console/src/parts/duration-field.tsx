import { Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** A time as the API writes it: `500ms`, `120s`, `30m`, `2h`, `7d`. */
export const DURATION = /^(0|[1-9][0-9]{0,8})(ms|s|m|h|d)$/;

interface DurationFieldProps {
  readonly name: string | (string | number)[];
  readonly label: string;
  readonly isRequired?: boolean;
}

export function DurationField({ name, label, isRequired = false }: DurationFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      rules={[{ required: isRequired, pattern: DURATION, message: t('common.duration') }]}
    >
      <Input />
    </Form.Item>
  );
}
