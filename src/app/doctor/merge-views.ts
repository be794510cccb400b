import type { CheckReport } from '../../contract/model.ts';
import type { Finding } from './finding.ts';

/**
 * Joins what was seen from here with what the gateway saw. `direct` is null when the model server cannot be looked
 * at from this machine. The gateway's word counts: it is the one that serves.
 */
export function mergeViews(id: string, direct: readonly Finding[] | null, report: CheckReport): Finding[] {
  // One finding alone: not even the address could be looked at.
  const isOutOfSight = direct?.length === 1 && direct[0]?.level === 'broken';
  if (report.ok) {
    const through: Finding = {
      check: 'through_gateway',
      level: 'ok',
      model: id,
      what: `Sluice gets an answer in ${Math.round(report.plain.latency_ms ?? 0)} ms, streamed the first token in ${Math.round(report.stream.first_token_ms ?? 0)} ms`,
      why: isOutOfSight ? 'this machine cannot look at the model server itself, the gateway can' : null,
      command: null,
    };
    return isOutOfSight || direct === null ? [through] : [...direct, through];
  }
  // What is broken from here is the cause already, told with its cure.
  if (direct?.some(({ level }) => level === 'broken')) return [...direct];
  const error = report.plain.error ?? report.stream.error;
  const through: Finding = {
    check: 'through_gateway',
    level: 'broken',
    model: id,
    what: `Sluice gets no answer: ${error === null ? 'unknown' : `${error.class}: ${error.message}`}`,
    why:
      error?.class === 'auth'
        ? 'the model server asks for a key'
        : 'it works from this machine, or cannot be looked at from here; look from the machine of the gateway',
    command: error?.class === 'auth' ? `sluice models set ${id} --api-key KEY` : `sluice models check ${id}`,
  };
  return [...(direct ?? []), through];
}
