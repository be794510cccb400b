import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type ChartForm = 'chart' | 'table';

interface FormChoiceProps {
  readonly value: ChartForm;
  onChange(value: ChartForm): void;
}

/** Whether figures are drawn, or written as a table. */
export function FormChoice({ value, onChange }: FormChoiceProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Segmented
      size="small"
      aria-label={t('chart.form')}
      value={value}
      onChange={onChange}
      options={[
        { value: 'chart', label: t('chart.chart') },
        { value: 'table', label: t('chart.table') },
      ]}
    />
  );
}
