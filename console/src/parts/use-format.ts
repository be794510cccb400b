import { useTranslation } from 'react-i18next';

const SECOND_MS = 1_000;
const DAY_SECONDS = 86_400;
const RELATIVE: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', SECOND_MS],
];

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Figures and times as the language writes them. */
export function useFormat() {
  const { language } = useTranslation().i18n;
  const format = made.get(language) ?? formatsOf(language);
  made.set(language, format);
  return format;
}

/** Making one takes a millisecond, and every row of a list asks for it: one for each language that was spoken. */
const made = new Map<string, Format>();

function formatsOf(language: string) {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const decimals = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const day = new Intl.DateTimeFormat(language, { month: 'numeric', day: 'numeric' });
  const minute = new Intl.DateTimeFormat(language, time);
  const exact = { ...time, second: '2-digit' } as const;
  const second = new Intl.DateTimeFormat(language, exact);
  const clock = new Intl.DateTimeFormat(language, { ...exact, month: '2-digit', day: '2-digit' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const share = (digits: number) =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits });
  const [rough, fine] = [share(1), share(2)];
  return {
    count: (value: number): string => (value >= 100_000 ? short.format(value) : whole.format(value)),
    decimal: (value: number): string => decimals.format(value),
    /** Of 0 to 1. */
    share: (value: number): string => (value !== 0 && Math.abs(value) < 0.01 ? fine : rough).format(value),
    /** Percent, as the API writes weights. */
    percent: (value: number): string => fine.format(value / 100),
    duration: (ms: number): string => {
      if (ms < SECOND_MS) return `${whole.format(ms)} ms`;
      if (ms < 60_000) return `${decimals.format(Math.round(ms / 10) / 100)} s`;
      if (ms < 3_600_000)
        return `${whole.format(Math.floor(ms / 60_000))} min ${Math.round((ms % 60_000) / 1_000)} s`;
      return `${decimals.format(ms / 3_600_000)} h`;
    },
    bytes: (value: number): string => {
      const step = Math.min(BYTES.length - 1, Math.floor(Math.log(Math.max(1, value)) / Math.log(1_024)));
      return `${decimals.format(value / 1_024 ** step)} ${BYTES[step]}`;
    },
    moment: (time: string | number): string => moment.format(new Date(time)),
    /** Without the year, so that it fits into a column. */
    clock: (time: string | number): string => clock.format(new Date(time)),
    /** Of an axis, epoch seconds: days where it is as wide as several. */
    mark: (seconds: number, spanSeconds: number): string =>
      (spanSeconds > 2 * DAY_SECONDS ? day : spanSeconds > 600 ? minute : second).format(seconds * SECOND_MS),
    ago: (time: string | number, nowMs: number): string => {
      const agoMs = new Date(time).getTime() - nowMs;
      const [unit, sizeMs] = RELATIVE.find(([, size]) => Math.abs(agoMs) >= size) ?? ['second', SECOND_MS];
      return relative.format(Math.round(agoMs / sizeMs), unit);
    },
  };
}
export type Format = ReturnType<typeof formatsOf>;
