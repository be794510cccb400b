import { useTranslation } from 'react-i18next';
import { useFormat } from './use-format.ts';

const SECOND_MS = 1_000;

/** Writes a duration of the API, such as `90s` or `8750ms`, in words. */
export function useSpan(): (duration: string) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (duration) => {
    const [, n, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
    if (n === undefined) return duration;
    const isLong = unit === 'ms' && (Number(n) >= SECOND_MS || n === '0');
    return isLong
      ? t('unit.s', { n: format.decimal(Number(n) / SECOND_MS) })
      : t(`unit.${unit as 'ms' | 's' | 'm' | 'h' | 'd'}`, { n });
  };
}
