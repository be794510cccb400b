import type { ExplainList, Explanation } from '../../contract/explain.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Which model each user gets on the route, and why. */
export async function explain(
  route: string,
  userIds: readonly string[],
  more: { flags: GatewayFlags; shell: Shell },
): Promise<number> {
  const { flags, shell } = more;
  const answer = await openClient(flags, shell).call<ExplainList>(
    'POST',
    `/routes/${encodeURIComponent(route)}/explain`,
    { body: { user_ids: userIds } },
  );
  print(shell, flags, answer, () =>
    table(['USER', '>BUCKET', '>POSITION', 'ASSIGNED', 'SERVED BY', 'BECAUSE'], answer.items.map(row)),
  );
  return 0;
}

function row(user: Explanation): string[] {
  return [
    user.user_id,
    String(user.bucket),
    `${user.position} (${(user.position / 100).toFixed(2)})`,
    user.assigned_model_id ?? '-',
    user.serving_model_id ?? '-',
    because(user),
  ];
}

/** The reason in the words of the API, with what it refers to. */
function because(user: Explanation): string {
  if (user.refusal !== null) return user.refusal;
  const { rule, audience, experiment, arm } = user;
  const detail =
    user.reason === 'rule' && rule !== null
      ? ` ${rule.index + 1}: buckets ${rule.from} up to ${rule.below}`
      : user.reason === 'audience' && audience !== null
        ? ` ${audience}`
        : experiment !== null
          ? ` ${experiment}: ${arm}`
          : '';
  const fallback = user.fallback === null ? '' : `; assigned model ${user.fallback}`;
  return `${user.reason ?? '-'}${detail}${fallback}`;
}
