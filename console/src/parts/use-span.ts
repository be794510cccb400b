import { useTranslation } from 'react-i18next';

/** Writes a duration of the API, such as `90s`, in words. */
export function useSpan(): (duration: string) => string {
  const { t } = useTranslation();
  return (duration) => {
    const [, n, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
    return n === undefined ? duration : t(`unit.${unit as 'ms' | 's' | 'm' | 'h' | 'd'}`, { n });
  };
}
