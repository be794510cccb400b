import { ClockCircleOutlined, FieldTimeOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseTimeForm, useTimeForm } from '../parts/time-form.ts';

/** Between "two minutes ago" and the time of day. */
export function TimeSwitch(): ReactNode {
  const { t } = useTranslation();
  const form = useTimeForm();
  const isAbsolute = form === 'absolute';
  return (
    <Tooltip title={t(`shell.times.${form}`)}>
      <Button
        type="text"
        aria-label={t('shell.times.absolute')}
        aria-pressed={isAbsolute}
        icon={isAbsolute ? <ClockCircleOutlined /> : <FieldTimeOutlined />}
        onClick={() => chooseTimeForm(isAbsolute ? 'relative' : 'absolute')}
      />
    </Tooltip>
  );
}
