import type { KeyAnswer, KeyInput } from '../../contract/key.ts';
import type { StoredKey } from '../../ports/config-store.ts';
import type { ControlCore } from '../core.ts';

export interface MadeKey {
  readonly stored: StoredKey;
  /** The key itself: to be shown once and kept nowhere. */
  readonly text: string;
}

/** A fresh key `sluice_<id>_<secret>` with 256 random bits; only its keyed digest is stored. */
export function makeKey(
  { ids, clock, secretBox }: Pick<ControlCore, 'ids' | 'clock' | 'secretBox'>,
  input: KeyInput,
): MadeKey {
  const id = ids.next('key');
  const text = `sluice_${id.replace(/^key_/, '')}_${secretBox.freshSecret()}`;
  const stored: StoredKey = {
    id,
    name: input.name,
    role: input.role,
    mayOverride: input.may_override ?? true,
    digest: secretBox.digest('access_key', text).toString('hex'),
    createdAtMs: clock.nowMs(),
  };
  return { stored, text };
}

export function answerKey(key: StoredKey): KeyAnswer {
  return {
    id: key.id,
    name: key.name,
    role: key.role,
    may_override: key.mayOverride,
    created_at: new Date(key.createdAtMs).toISOString(),
    version: 1,
  };
}
