import { notFound } from '../../contract/fault.ts';
import type { CheckReport } from '../../contract/model.ts';
import type { ControlCore } from '../core.ts';

/** Calls the model's server once plainly and once streamed. Works for a disabled model too. */
export function checkModel({ door, checkModel: check }: ControlCore, id: string): Promise<CheckReport> {
  const model = door.snapshot().models.get(id);
  if (!model) throw notFound('model', id);
  return check(model);
}
