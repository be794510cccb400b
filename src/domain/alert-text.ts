import { type AlertEvent, closingEvent, type Notice } from './alert.ts';
import type { AlertLanguage } from './alert-channel.ts';

/** What people read; no part of a conversation is in it. */
export interface AlertText {
  /** One line. */
  readonly title: string;
  readonly text: string;
}

interface Template {
  /** The end of the title, before the model. */
  readonly title: string;
  /** What happened, and what to do. `{value}` and the others are figures of the alert. */
  readonly body: string;
}

const EN: Readonly<Record<AlertEvent, Template>> = {
  breaker_opened: {
    title: 'breaker open',
    body: 'The model was cut off after failures ({reason}). Its users are served by its fallback, where it has one. It is tried again by itself.',
  },
  breaker_closed: { title: 'breaker closed', body: 'The model serves its users again ({reason}).' },
  error_rate: {
    title: 'error rate {value}',
    body: '{value} of {samples} calls failed in the last {window}; the limit is {limit}.',
  },
  latency_p95: {
    title: 'slow answers, p95 {value}',
    body: 'One answer in twenty took longer than {value} in the last {window} ({samples} answers); the limit is {limit}.',
  },
  no_traffic: { title: 'no traffic', body: 'No request came in the last {window}.' },
  journal_dropping: {
    title: 'records are lost',
    body: 'The journal cannot be written ({reason}). Requests are served, their records are missing. Is the disk full?',
  },
  disk_low: {
    title: 'disk low, {value} free',
    body: 'The disk that holds the journal has {value} left; the limit is {limit}.',
  },
  rollout_held: { title: 'rollout held', body: 'The rollout of this model does not go on. {reason}' },
  rollout_aborted: {
    title: 'rollout aborted',
    body: 'The rollout of this model was ended; all users have the stable model. {reason}',
  },
  recovered: { title: 'over', body: 'It is over: {reason}.' },
};

const ZH: Readonly<Record<AlertEvent, Template>> = {
  breaker_opened: {
    title: '熔断器已打开',
    body: '该模型因失败过多被切断（{reason}）。如配置了回退模型，用户由回退模型服务；系统会自动重试恢复。',
  },
  breaker_closed: { title: '熔断器已关闭', body: '该模型已恢复服务（{reason}）。' },
  error_rate: {
    title: '错误率 {value}',
    body: '最近 {window} 的 {samples} 次调用中有 {value} 失败，上限为 {limit}。',
  },
  latency_p95: {
    title: '回答缓慢，P95 {value}',
    body: '最近 {window} 每二十个回答中有一个超过 {value}（共 {samples} 个回答），上限为 {limit}。',
  },
  no_traffic: { title: '没有流量', body: '最近 {window} 没有收到任何请求。' },
  journal_dropping: {
    title: '事件记录丢失',
    body: '事件日志无法写入（{reason}）。请求仍在服务，但缺少记录。磁盘是否已满？',
  },
  disk_low: {
    title: '磁盘空间不足，剩余 {value}',
    body: '事件日志所在磁盘剩余 {value}，下限为 {limit}。',
  },
  rollout_held: { title: '灰度发布暂停推进', body: '该模型的灰度发布未继续推进。{reason}' },
  rollout_aborted: {
    title: '灰度发布已中止',
    body: '该模型的灰度发布已结束，全部用户使用稳定版。{reason}',
  },
  recovered: { title: '已恢复', body: '已恢复正常：{reason}。' },
};

const TEMPLATES: Readonly<Record<AlertLanguage, Readonly<Record<AlertEvent, Template>>>> = {
  en: EN,
  'zh-CN': ZH,
};
const WORDS = {
  en: {
    mark: ': ',
    since: 'Since',
    at: 'At',
    alert: 'Alert',
    rule: 'rule',
    digest: (count: number) => `${count} alerts`,
    more: (count: number) => `… and ${count} more; see GET /admin/v1/alerts`,
    test: { title: 'test', text: 'This is a test. The channel works.' },
  },
  'zh-CN': {
    mark: '：',
    since: '开始于',
    at: '时间',
    alert: '告警',
    rule: '规则',
    digest: (count: number) => `${count} 条告警`,
    more: (count: number) => `……另有 ${count} 条，见 GET /admin/v1/alerts`,
    test: { title: '测试', text: '这是一条测试消息，通道工作正常。' },
  },
} as const;
const UNITS: Partial<Record<AlertEvent, 'share' | 'ms' | 'bytes'>> = {
  error_rate: 'share',
  latency_p95: 'ms',
  disk_low: 'bytes',
};

/** The text of a message: of one notice, of several in a digest, or of none in a test. `omitted` notices are only counted. */
export function alertText(
  notices: readonly Notice[],
  { language, omitted = 0 }: { readonly language: AlertLanguage; readonly omitted?: number },
): AlertText {
  const words = WORDS[language];
  const [first] = notices;
  if (first === undefined) return { title: `[Sluice] ${words.test.title}`, text: words.test.text };
  if (notices.length === 1 && omitted === 0) return textOfOne(first, language);
  const lines = notices.map((notice) => `${timeOf(notice.atMs)}  ${subjectOf(notice, language)}`);
  return {
    title: `[Sluice] ${words.digest(notices.length + omitted)}`,
    text: [...lines, ...(omitted > 0 ? [words.more(omitted)] : [])].join('\n'),
  };
}

function textOfOne(notice: Notice, language: AlertLanguage): AlertText {
  const words = WORDS[language];
  const { alert, atMs } = notice;
  const lines = [
    filled(TEMPLATES[language][notice.event].body, notice, language),
    '',
    `${words.since}${words.mark}${timeOf(alert.openedAtMs)}`,
    ...(isEnding(notice) ? [`${words.at}${words.mark}${timeOf(atMs)}`] : []),
    `${words.alert}${words.mark}${alert.id} (${words.rule} ${alert.ruleId})`,
  ];
  return { title: `[Sluice] ${subjectOf(notice, language)}`, text: lines.join('\n') };
}

/** Whom it is about, and what happened: "qwen3-32b-prod: breaker open". */
function subjectOf(notice: Notice, language: AlertLanguage): string {
  const templates = TEMPLATES[language];
  const { mark } = WORDS[language];
  const { alert, event } = notice;
  const opening = event === 'recovered' ? filled(templates[alert.event].title, notice, language) : null;
  const parts = [alert.modelId, opening, filled(templates[event].title, notice, language)];
  return parts.filter((part) => part !== null).join(mark);
}

/** A template with the figures of the alert's beginning; of its end where it tells that. */
function filled(template: string, notice: Notice, language: AlertLanguage): string {
  const { alert } = notice;
  const measure = isEnding(notice) ? alert.closing : alert.opening;
  const reason = (language === 'zh-CN' ? measure?.reasonZh : undefined) ?? measure?.reason ?? '';
  const { value, limit, samples, windowMs } = alert.opening;
  const unit = UNITS[alert.event];
  const figures: Readonly<Record<string, string>> = {
    reason,
    value: figureIn(unit, value),
    limit: figureIn(unit, limit),
    samples: String(samples ?? 0),
    window: windowMs === null ? '' : windowIn(windowMs),
  };
  return template.replace(/\{(\w+)\}/g, (_, name: string) => figures[name] ?? '');
}

function isEnding({ event, alert }: Notice): boolean {
  return event === closingEvent(alert.event);
}

function figureIn(unit: 'share' | 'ms' | 'bytes' | undefined, value: number | null): string {
  if (value === null) return '–';
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'ms') return value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
  return unit === 'bytes' ? `${(value / 1_073_741_824).toFixed(2)} GiB` : String(value);
}

function windowIn(windowMs: number): string {
  return windowMs % 60_000 === 0 ? `${windowMs / 60_000} min` : `${windowMs / 1_000} s`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
