import type { Said } from '../experiment/words.ts';
import type { Refusal } from './reason.ts';

type Sentences = { readonly [C in Refusal['code']]: (refusal: Extract<Refusal, { code: C }>) => Said };

/** Why a command was not carried out, and what to do instead. */
export function sayRefusal(refusal: Refusal): Said {
  const say = SENTENCES[refusal.code] as (refusal: Refusal) => Said;
  return say(refusal);
}

const both = (en: string, zh: string): Said => ({ en, zh });

const SENTENCES: Sentences = {
  not_leader: ({ fence, newest }) =>
    both(`Lease ${fence} is over; ${newest} acts now.`, `租约 ${fence} 已失效，当前为 ${newest}。`),
  stale_version: ({ expected, version }) =>
    both(
      `The rollout is at version ${version}, the command was meant for ${expected ?? 'none'}; look again and repeat it.`,
      `灰度发布当前版本为 ${version}，该操作针对版本 ${expected ?? '无'}；请刷新后重试。`,
    ),
  stale_stage: ({ expected, stage }) =>
    both(
      `The rollout is in stage ${stage + 1}, the command was meant for ${expected === null ? 'none' : expected + 1}; look again and repeat it.`,
      `灰度发布当前处于第 ${stage + 1} 阶段，该操作针对${expected === null ? '未指明的阶段' : `第 ${expected + 1} 阶段`}；请刷新后重试。`,
    ),
  wrong_status: ({ status, command }) =>
    both(
      `A rollout that is ${status} cannot ${command}.`,
      `状态为 ${status} 的灰度发布不能执行 ${command}。`,
    ),
  held: ({ block }) =>
    both(
      `The rollout is held by ${block}, which nothing passes by; lift that first.`,
      `灰度发布被 ${block} 阻止且不可跳过，请先解除。`,
    ),
  needs_force: ({ block }) =>
    both(
      `The rollout is held by ${block}; an admin may pass it by with force.`,
      `灰度发布被 ${block} 阻止；管理员可使用 force 跳过。`,
    ),
  force_not_allowed: () => both('force needs the admin role.', 'force 需要管理员角色。'),
  nothing_to_resume: () => both('Nothing holds the rollout that could be resumed.', '没有可恢复的阻止项。'),
  first_stage: () =>
    both(
      'The rollout is in its first stage; abort it to take everyone back.',
      '已处于第一阶段；如需全部回退请中止。',
    ),
  not_all_passed: () =>
    both(
      'There is nothing to approve yet: hold time, quiet time and gates come first.',
      '尚无可批准内容：需先满足保持时间、静默时间与门禁。',
    ),
  model_disabled: ({ modelId }) =>
    both(`${modelId} is disabled; enable it first.`, `${modelId} 已停用，请先启用。`),
  breaker_open: ({ modelId }) =>
    both(
      `The breaker of ${modelId} is not closed; wait, or close it.`,
      `${modelId} 的熔断器未关闭；请等待或手动关闭。`,
    ),
  route_disabled: () => both('The route is disabled; enable it first.', '路由已停用，请先启用。'),
  route_not_stable: () =>
    both('The route must give its stable model 100 % first.', '路由须先将稳定版设为 100 %。'),
  route_taken: () =>
    both(
      'Another rollout is active on this route; end it first.',
      '该路由上已有进行中的灰度发布，请先结束。',
    ),
  no_such_stage: ({ last }) =>
    both(
      `Begin at one of the stages 1 to ${last + 1}: those that were reached.`,
      `请从已到达的第 1 至 ${last + 1} 阶段开始。`,
    ),
};
