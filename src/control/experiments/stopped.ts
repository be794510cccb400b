import type { ExperimentDocument } from '../../contract/experiment.ts';

/** A document that gets nobody any more. */
export function stopped(
  document: ExperimentDocument,
  because: NonNullable<ExperimentDocument['stopped_because']>,
  at: string,
): ExperimentDocument {
  return { ...document, status: 'stopped', stopped_at: at, stopped_because: because };
}
