import type { Said } from '../experiment/words.ts';
import { sayGate } from './gate-words.ts';
import type { GateFinding, Reason } from './reason.ts';

type Sentences = { readonly [C in Reason['code']]: (reason: Extract<Reason, { code: C }>) => Said };

/** A reason as one sentence for a person who was not there. */
export function sayReason(reason: Reason): Said {
  const say = SENTENCES[reason.code] as (reason: Reason) => Said;
  return say(reason);
}

const share = (steps: number): string => `${steps / 100} %`;
const asked = (text: string): Said =>
  text === '' ? { en: '.', zh: '。' } : { en: `: ${text}`, zh: `：${text}` };
const both = (en: string, zh: string): Said => ({ en, zh });

function done(by: string, text: string, deed: Said): Said {
  return both(`${by} ${deed.en}${asked(text).en}`, `${by} ${deed.zh}${asked(text).zh}`);
}

/** As people say it: "2 h 5 min", "40 s". */
function span(ms: number): Said {
  const minutes = Math.ceil(ms / 60_000);
  if (ms < 60_000) return both(`${Math.ceil(ms / 1_000)} s`, `${Math.ceil(ms / 1_000)} 秒`);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
  const parts = [
    [days, 'd', '天'],
    [hours, 'h', '小时'],
    [rest, 'min', '分钟'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).slice(0, 2);
  return both(
    said.map(([count, en]) => `${count} ${en}`).join(' '),
    said.map(([count, , zh]) => `${count} ${zh}`).join(' '),
  );
}

function sayEvidence(gate: GateFinding | null, heads: { readonly known: Said; readonly none: Said }): Said {
  if (gate === null) return heads.none;
  const said = sayGate(gate);
  return both(`${heads.known.en}: ${said.en}.`, `${heads.known.zh}：${said.zh}。`);
}

const NO_REQUESTS = both(
  'No request has been assigned to the candidate in this stage yet.',
  '本阶段灰度版尚未分配到任何请求。',
);

const SENTENCES: Sentences = {
  started: ({ by, text, steps }) =>
    done(by, text, both(`started the rollout at ${share(steps)}`, `启动灰度发布，比例 ${share(steps)}`)),
  retried: ({ by, text, steps }) =>
    done(by, text, both(`started again at ${share(steps)}`, `重新开始，比例 ${share(steps)}`)),
  stepped_back: ({ by, text, steps }) =>
    done(by, text, both(`went back to ${share(steps)}`, `退回到 ${share(steps)}`)),
  promoted: ({ by, text, steps, accepted }) => {
    const despite =
      accepted.length === 0
        ? both('', '')
        : both(` despite ${accepted.join(', ')}`, `（忽略 ${accepted.join('、')}）`);
    return done(
      by,
      text,
      both(`went on to ${share(steps)}${despite.en}`, `推进到 ${share(steps)}${despite.zh}`),
    );
  },
  promoted_full: ({ by, text }) =>
    done(by, text, both('gave the candidate all users', '将全部用户切换到灰度版')),
  paused: ({ by, text }) =>
    done(by, text, both('paused the rollout; users stay where they are', '暂停了灰度发布，用户保持现状')),
  resumed: ({ by, text }) => done(by, text, both('resumed the rollout', '恢复了灰度发布')),
  approved: ({ by, text }) => done(by, text, both('approved the stage', '批准了本阶段')),
  aborted: ({ by, text }) => done(by, text, both('aborted the rollout', '中止了灰度发布')),
  cancelled: ({ by, text }) => done(by, text, both('cancelled the draft', '取消了草稿')),
  stage_passed: ({ stage, steps }) =>
    both(
      `Stage ${stage} passed; the candidate now has ${share(steps)}.`,
      `第 ${stage} 阶段通过，灰度版比例升至 ${share(steps)}。`,
    ),
  completed: () =>
    both('All stages passed: the candidate is the stable model now.', '全部阶段通过，灰度版成为稳定版。'),
  route_edited: () =>
    both(
      'The route was changed beneath the rollout, so it was aborted.',
      '路由在灰度期间被修改，灰度发布已中止。',
    ),
  route_disabled: () =>
    both('The route is disabled: everyone gets the stable model.', '路由已停用，所有用户使用稳定版。'),
  route_enabled: () =>
    both(
      'The route is enabled again; the rollout stays paused until it is resumed.',
      '路由已启用，灰度发布仍处于暂停，需手动恢复。',
    ),
  killed: ({ modelId }) =>
    both(`${modelId} was disabled, so the rollout was aborted.`, `${modelId} 已停用，灰度发布已中止。`),
  model_edited: ({ modelId }) =>
    both(`${modelId} was edited: the stage begins anew.`, `${modelId} 已被修改，本阶段重新开始。`),
  breaker_opened: ({ modelId }) =>
    both(
      `The breaker of ${modelId} is open: stable serves its users. A second opening aborts the rollout.`,
      `${modelId} 的熔断器已打开，用户由稳定版服务；再次打开将中止灰度发布。`,
    ),
  breaker_again: ({ modelId }) =>
    both(`The breaker of ${modelId} opened for the second time.`, `${modelId} 的熔断器第二次打开。`),
  breaker_closed: ({ modelId }) =>
    both(
      `The breaker of ${modelId} is closed again: the stage begins anew.`,
      `${modelId} 的熔断器已关闭，本阶段重新开始。`,
    ),
  stable_down: ({ modelId }) =>
    both(
      `The stable model ${modelId} cannot serve: nothing goes on, and nothing goes back to it by itself.`,
      `稳定版 ${modelId} 无法服务：不推进，也不自动回退。`,
    ),
  stable_back: ({ modelId }) =>
    both(`The stable model ${modelId} serves again.`, `稳定版 ${modelId} 已恢复服务。`),
  abort_waits: ({ modelId }) =>
    both(
      `The rollout is to be aborted as soon as ${modelId} can serve again.`,
      `待 ${modelId} 恢复服务后将中止灰度发布。`,
    ),
  gate_failed: ({ gate }) => both(`A gate failed: ${sayGate(gate).en}.`, `门禁未通过：${sayGate(gate).zh}。`),
  gate_warned: ({ gate }) =>
    both(`A gate that only warns failed: ${sayGate(gate).en}.`, `仅告警的门禁未通过：${sayGate(gate).zh}。`),
  no_data: ({ gate, waitedMs }) =>
    sayEvidence(gate, {
      known: both(`Too few data after ${span(waitedMs).en}`, `等待 ${span(waitedMs).zh}后数据仍不足`),
      none: NO_REQUESTS,
    }),
  inconclusive: ({ gate, waitedMs }) =>
    sayEvidence(gate, {
      known: both(`Not decided after ${span(waitedMs).en}`, `等待 ${span(waitedMs).zh}后仍无法判定`),
      none: NO_REQUESTS,
    }),
  collecting: ({ gate }) =>
    sayEvidence(gate, { known: both('Collecting evidence', '正在收集数据'), none: NO_REQUESTS }),
  undecided: ({ gate }) =>
    sayEvidence(gate, { known: both('Not decided yet', '尚无法判定'), none: NO_REQUESTS }),
  evidence_back: () => both('There is enough evidence now.', '数据已足够。'),
  metrics_back: () => both('The metrics can be read again.', '指标已可读取。'),
  metrics_failed: ({ detail }) => both(`The metrics cannot be read: ${detail}`, `无法读取指标：${detail}`),
  srm: ({ candidate, control, both: inBoth }) =>
    both(
      `The groups are not as planned: ${candidate} users in the candidate's, ${control} in the control group, ${inBoth} in both. What is compared cannot be trusted.`,
      `分组与计划不符：灰度组 ${candidate} 人，对照组 ${control} 人，同时在两组 ${inBoth} 人。比较结果不可信。`,
    ),
  awaiting_approval: ({ stage }) =>
    both(
      `Stage ${stage + 1} has passed and waits for an approval.`,
      `第 ${stage + 1} 阶段已通过，等待人工批准。`,
    ),
  stuck: ({ silentMs }) =>
    both(
      `Nobody has looked at the rollout for ${span(silentMs).en}.`,
      `灰度控制器已 ${span(silentMs).zh}未运行。`,
    ),
  ticking: () => both('The rollout is looked at again.', '灰度控制器已恢复运行。'),
  holding: ({ leftMs }) =>
    both(`The stage lasts ${span(leftMs).en} more.`, `本阶段还需保持 ${span(leftMs).zh}。`),
  quiet: ({ leftMs }) =>
    both(
      `Nothing is decided for ${span(leftMs).en} after a change.`,
      `变更后静默观察，还剩 ${span(leftMs).zh}。`,
    ),
  deciding: () => both('All has passed; the next look goes on.', '全部通过，下一次检查即推进。'),
};
