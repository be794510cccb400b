import type { ExperimentReport } from '../../contract/experiment-report.ts';
import { differenceText, percentText, type Said, valueText } from '../../domain/experiment/words.ts';
import { type Block, inLanguage, type Language } from './document.ts';

const WORDS = {
  decision: { en: 'Decision', zh: '结论' },
  metrics: { en: 'Metrics', zh: '指标' },
  health: { en: 'Can it be trusted?', zh: '是否可信？' },
  groups: { en: 'By stratum and intent', zh: '按分层与意图' },
  exploratory: {
    en: 'For looking around: nothing is decided by it. Of the groups that stand out, 5 % do so by chance.',
    zh: '仅供探索，不作为决策依据。标记为突出的分组中，约 5 % 出于偶然。',
  },
  arms: { en: 'Arms', zh: '分组' },
  arm: { en: 'arm', zh: '组' },
  model: { en: 'model', zh: '模型' },
  share: { en: 'share', zh: '比例' },
  users: { en: 'users', zh: '用户数' },
  metric: { en: 'metric', zh: '指标' },
  role: { en: 'role', zh: '角色' },
  verdict: { en: 'verdict', zh: '判断' },
  control: { en: 'control', zh: '对照组' },
  treatment: { en: 'treatment', zh: '实验组' },
  effect: { en: 'difference', zh: '差异' },
  group: { en: 'group', zh: '分组' },
  standsOut: { en: 'stands out', zh: '突出' },
  time: { en: 'Read at', zh: '读取时间' },
} as const satisfies Record<string, Said>;

const VERDICTS: Readonly<Record<ExperimentReport['metrics'][number]['verdict'], Said>> = {
  better: { en: 'better', zh: '更好' },
  worse: { en: 'worse', zh: '更差' },
  no_difference_shown: { en: 'no difference shown', zh: '未显示差异' },
  not_enough_data: { en: 'not enough data', zh: '数据不足' },
  invalid: { en: 'invalid', zh: '无效' },
};
const ROLES: Readonly<Record<ExperimentReport['metrics'][number]['role'], Said>> = {
  primary: { en: 'primary', zh: '主要' },
  secondary: { en: 'secondary', zh: '次要' },
  guardrail: { en: 'guardrail', zh: '护栏' },
};
const STATES: Readonly<Record<ExperimentReport['status'], Said>> = {
  running: { en: 'running', zh: '进行中' },
  ended: { en: 'ended', zh: '已结束' },
  stopped_early: { en: 'stopped early', zh: '提前停止' },
};
const LEVELS: Readonly<Record<ExperimentReport['health'][number]['level'], string>> = {
  fine: '✓',
  warning: '⚠',
  invalid: '✗',
};
const NOTHING = '–';

/** A report as a person reads it who was not there. */
export function writeUp(report: ExperimentReport, language: Language): Block[] {
  const say = (said: Said): string => inLanguage(said, language);
  const word = (name: keyof typeof WORDS): string => say(WORDS[name]);
  const heading = (name: keyof typeof WORDS): Block => ({ kind: 'heading', level: 2, text: word(name) });
  const names = new Map(report.metrics.map(({ metric, name }) => [metric, say(name)]));
  return [
    { kind: 'heading', level: 1, text: report.name },
    {
      kind: 'text',
      text: `${say(STATES[report.status])}: ${report.started_at} – ${report.ends_at}. ${word('time')}: ${report.read_at}.`,
    },
    heading('decision'),
    { kind: 'text', text: say(report.decision.said) },
    heading('metrics'),
    {
      kind: 'table',
      head: (['metric', 'role', 'arm', 'verdict', 'control', 'treatment', 'effect'] as const).map(word),
      rows: report.metrics.map(({ metric, role, arm, verdict, numbers }) => [
        names.get(metric) ?? metric,
        say(ROLES[role]),
        arm,
        say(VERDICTS[verdict]),
        numbers === null ? NOTHING : say(valueText(metric, numbers.control)),
        numbers === null ? NOTHING : say(valueText(metric, numbers.treatment)),
        numbers === null
          ? NOTHING
          : `${say(effectText(metric, numbers.effect))} (${percentText(numbers.effect.confidence)})`,
      ]),
    },
    { kind: 'list', items: report.metrics.map(({ said }) => say(said)) },
    heading('health'),
    { kind: 'list', items: report.health.map(({ level, said }) => `${LEVELS[level]} ${say(said)}`) },
    heading('arms'),
    {
      kind: 'table',
      head: (['arm', 'model', 'share', 'users'] as const).map(word),
      rows: report.arms.map(({ name, model_id, share, users }) => [
        name,
        model_id,
        `${share} %`,
        String(users),
      ]),
    },
    ...(report.groups.length === 0
      ? []
      : [heading('groups'), { kind: 'text', text: word('exploratory') } as const]),
    ...(report.groups.length === 0
      ? []
      : [
          {
            kind: 'table',
            head: (['metric', 'arm', 'group', 'control', 'treatment', 'effect', 'standsOut'] as const).map(
              word,
            ),
            rows: report.groups.map(({ metric, arm, group, numbers }) => [
              names.get(metric) ?? metric,
              arm,
              group,
              numbers === null ? NOTHING : say(valueText(metric, numbers.control)),
              numbers === null ? NOTHING : say(valueText(metric, numbers.treatment)),
              numbers === null ? NOTHING : say(effectText(metric, numbers)),
              numbers?.stands_out ? '✓' : '',
            ]),
          } as const,
        ]),
  ];
}

type MetricName = ExperimentReport['metrics'][number]['metric'];
interface Effect {
  readonly scale: 'difference' | 'ratio';
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

/** A difference with its interval. */
function effectText(metric: MetricName, { scale, value, lo, hi }: Effect): Said {
  if (scale === 'ratio') {
    const text = `× ${value.toFixed(2)} [${lo.toFixed(2)}, ${hi.toFixed(2)}]`;
    return { en: text, zh: text };
  }
  const [middle, low, high] = [value, lo, hi].map((one) => differenceText(metric, one));
  return {
    en: `${middle?.en} [${low?.en}, ${high?.en}]`,
    zh: `${middle?.zh} [${low?.zh}, ${high?.zh}]`,
  };
}
