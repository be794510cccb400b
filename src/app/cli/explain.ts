import type { ExplainList, Explanation } from '../../contract/explain.ts';
import { CliError } from './cli-error.ts';
import { openClient, print } from './gateway-command.ts';
import type { GatewayFlags } from './options.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export interface ExplainFlags extends GatewayFlags {
  readonly session?: string;
}

/** Which model each user gets on the route, and why; of one user also in a conversation under way. */
export async function explain(
  route: string,
  userIds: readonly string[],
  more: { flags: ExplainFlags; shell: Shell },
): Promise<number> {
  const { flags, shell } = more;
  const path = `/routes/${encodeURIComponent(route)}/explain`;
  const client = openClient(flags, shell);
  if (flags.session !== undefined) {
    const [userId, ...others] = userIds;
    if (userId === undefined || others.length > 0)
      throw new CliError('a session is of one user: name that one alone', 2);
    const query = new URLSearchParams({ user_id: userId, session_id: flags.session });
    const one = await client.call<Explanation>('GET', `${path}?${query}`);
    print(shell, flags, one, () => users([one]));
    return 0;
  }
  const answer = await client.call<ExplainList>('POST', path, { body: { user_ids: userIds } });
  print(shell, flags, answer, () => users(answer.items));
  return 0;
}

function users(items: readonly Explanation[]): string {
  return table(['USER', '>BUCKET', '>POSITION', 'ASSIGNED', 'SERVED BY', 'BECAUSE'], items.map(row));
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
  const broken = user.pin_broken === null ? '' : `; leaves ${user.pinned_model_id}: ${user.pin_broken}`;
  return `${user.reason ?? '-'}${detail}${fallback}${broken}`;
}
