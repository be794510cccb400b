import type { CheckReport } from '../contract/model.ts';
import type { Model } from '../domain/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConfigStore } from '../ports/config-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import type { Door } from './change.ts';
import type { Ownership } from './ownership.ts';

/** What the verbs work with. */
export interface ControlCore {
  readonly store: ConfigStore;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly door: Door;
  readonly ownership: Ownership;
  /** An admin key was given from outside, so that no stored one is the last. */
  readonly hasOutsideAdmin: boolean;
  /** Calls a model's server. Never rejects for a model that fails: the report says so. */
  readonly checkModel: (model: Model) => Promise<CheckReport>;
}
