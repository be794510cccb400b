import { checkSampleRatio, gatherRatioEvidence, SAMPLE_RATIO_ALARM } from '../stats/sample-ratio.ts';
import type { HealthFacts } from './evidence.ts';
import { type Finding, finding } from './finding.ts';
import type { Said } from './words.ts';

/** More users than this share seen in two arms, and at least so many, are no accident (GrowthBook's numbers). */
const TWO_ARMS = { share: 0.01, users: 10 } as const;

/** Whether the arms differ in nothing but chance and their models; `weights` are the arms' planned shares. */
export function checkSharing(facts: HealthFacts, weights: readonly number[]): Finding[] {
  return [
    sampleRatio(facts, weights),
    ratioInStrata(facts, weights),
    twoArms(facts),
    clientMix(facts, weights),
    unstableIds(facts),
    weakIdentities(facts),
  ];
}

function sampleRatio({ exposures }: HealthFacts, weights: readonly number[]): Finding {
  const totals = weights.map((_, arm) => exposures.reduce((sum, counts) => sum + (counts[arm] ?? 0), 0));
  const counts = totals.join(' : ');
  const fine = {
    en: `Users fell into the arms as planned (${counts}).`,
    zh: `用户按计划比例进入各组（${counts}）。`,
  };
  return finding('sample_ratio', ratioTrouble(exposures, totals, weights), { fine, level: 'invalid' });
}

function ratioTrouble(
  exposures: HealthFacts['exposures'],
  totals: readonly number[],
  weights: readonly number[],
): Said | null {
  const counts = totals.join(' : ');
  const atOnce = checkSampleRatio(totals, weights);
  const overTime = gatherRatioEvidence(exposures, weights);
  const isUncertain = atOnce.status === 'insufficient_data';
  if (overTime.status !== 'ok' || (atOnce.status !== 'ok' && !isUncertain)) {
    return { en: `The users of the arms (${counts}) cannot be right.`, zh: `各组用户数（${counts}）有误。` };
  }
  const once = atOnce.status === 'ok' ? atOnce.p : 1;
  if (once >= SAMPLE_RATIO_ALARM.chiSquare && overTime.p >= SAMPLE_RATIO_ALARM.evidence) return null;
  const least = Math.min(once, overTime.p);
  const chance = least < 0.001 ? 'p < 0.001' : `p = ${least.toFixed(3)}`;
  return {
    en: `Users did not fall into the arms as planned (${counts}, ${chance}). Something takes users out of one arm or puts them in; until it is found no result counts.`,
    zh: `用户未按计划比例进入各组（${counts}，${chance}）。有原因使某组用户被剔除或混入；查明之前任何结果都不可信。`,
  };
}

function ratioInStrata({ byStratum }: HealthFacts, weights: readonly number[]): Finding {
  const off = byStratum.filter(({ users }) => isOffPlan(users, weights, byStratum.length));
  const names = off.map(({ stratum }) => stratum).join(', ');
  const trouble = {
    en: `Within the stratum ${names} users did not fall into the arms as planned; no result counts.`,
    zh: `分层 ${names} 内的用户未按计划比例进入各组；任何结果都不可信。`,
  };
  return finding('sample_ratio_in_strata', off.length > 0 ? trouble : null, {
    fine: {
      en: 'Within the strata users fell into the arms as planned, too.',
      zh: '各分层的比例也符合计划。',
    },
    level: 'invalid',
  });
}

/** One of `among` checks of the kind, so that having many of them raises no alarm by itself. */
function isOffPlan(users: readonly number[], weights: readonly number[], among: number): boolean {
  const atOnce = checkSampleRatio(users, weights);
  return atOnce.status === 'ok' && atOnce.p < SAMPLE_RATIO_ALARM.chiSquare / among;
}

function twoArms({ usersInTwoArms, exposures }: HealthFacts): Finding {
  const users = exposures.flat().reduce((sum, count) => sum + count, 0) + usersInTwoArms;
  const isMany = usersInTwoArms >= TWO_ARMS.users && usersInTwoArms > TWO_ARMS.share * users;
  const fine = {
    en: `${usersInTwoArms} users were seen in two arms and left out.`,
    zh: `${usersInTwoArms} 名用户出现在两个组中，已剔除。`,
  };
  const trouble = {
    en: `${fine.en} So many mean that ids are shared, or change.`,
    zh: `${fine.zh}数量过多，说明用户标识被共用或会变化。`,
  };
  return finding('users_in_two_arms', isMany ? trouble : null, { fine });
}

function clientMix({ clients }: HealthFacts, weights: readonly number[]): Finding {
  const off = clients.filter(({ users }) => isOffPlan(users, weights, clients.length));
  const names = off.map(({ client }) => client).join(', ');
  const trouble = {
    en: `The arms differ in their clients (${names}); a difference may come from there.`,
    zh: `各组的客户端构成不同（${names}）；差异可能来自于此。`,
  };
  return finding('client_mix', off.length > 0 ? trouble : null, {
    fine: { en: 'The clients are alike in every arm.', zh: '各组的客户端构成相近。' },
  });
}

function unstableIds({ idsAreUnstable }: HealthFacts): Finding {
  const trouble = {
    en: 'User ids change from session to session: one person counts many times, in several arms. Send a stable user id.',
    zh: '用户标识随会话变化：同一个人被多次计入，且分属不同组。请传入稳定的用户标识。',
  };
  return finding('unstable_ids', idsAreUnstable ? trouble : null, {
    fine: { en: 'User ids are stable.', zh: '用户标识稳定。' },
  });
}

function weakIdentities({ weakRequests }: HealthFacts): Finding {
  return finding('weak_identities', null, {
    fine: {
      en: `${weakRequests} requests were left out because nobody knows whose they are.`,
      zh: `${weakRequests} 个请求无法确定属于哪个用户，已剔除。`,
    },
  });
}
