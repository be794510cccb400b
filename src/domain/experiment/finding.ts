import type { Said } from './words.ts';

export type HealthCheck =
  | 'sample_ratio'
  | 'sample_ratio_in_strata'
  | 'users_in_two_arms'
  | 'denominator_shift'
  | 'unstable_ids'
  | 'weak_identities'
  | 'fallback_share'
  | 'client_mix'
  | 'edited_models'
  | 'model_differences';

/** `invalid`: nothing that the experiment says can be trusted. */
export interface Finding {
  readonly check: HealthCheck;
  readonly level: 'fine' | 'warning' | 'invalid';
  readonly said: Said;
}

/** What was looked at is told where nothing is wrong, too. */
export function finding(
  check: HealthCheck,
  trouble: Said | null,
  { fine, level = 'warning' }: { readonly fine: Said; readonly level?: 'warning' | 'invalid' },
): Finding {
  return trouble === null ? { check, level: 'fine', said: fine } : { check, level, said: trouble };
}
