import type { Measure, OpeningEvent } from './alert.ts';
import type { Finding } from './alert-rule.ts';

/** An open alert as the book keeps it. */
export interface OpenAlert {
  readonly id: string;
  readonly ruleId: string;
  readonly event: OpeningEvent;
  readonly modelId: string | null;
  /** When its rule was first found calm after having been breached; null while it is not calm. */
  readonly calmSinceMs: number | null;
}

/** An alert that is over. */
export interface Closing {
  readonly alert: OpenAlert;
  readonly measure: Measure;
  /** Nobody watches any more: the rule or the model is gone, and there is nothing to tell. */
  readonly isQuiet: boolean;
}

export interface Turned {
  readonly opened: readonly Finding[];
  readonly closed: readonly Closing[];
  /** Those that stay open, without the opened ones: they have no id yet. */
  readonly kept: readonly OpenAlert[];
}

const NOT_WATCHED: Measure = {
  value: null,
  limit: null,
  samples: null,
  windowMs: null,
  reason: 'the rule or the model was removed or switched off',
};

/** Which alerts begin, end and stay, given those that are open and what all rules find now. */
export function turn(open: readonly OpenAlert[], findings: readonly Finding[], nowMs: number): Turned {
  const found = new Map(findings.map((finding) => [placeOf(finding), finding]));
  const places = new Set(open.map(placeOf));
  const closed: Closing[] = [];
  const kept: OpenAlert[] = [];
  for (const alert of open) {
    const finding = found.get(placeOf(alert));
    if (finding === undefined) {
      closed.push({ alert, measure: NOT_WATCHED, isQuiet: true });
    } else if (finding.state !== 'calm') {
      kept.push(finding.state === 'breached' ? { ...alert, calmSinceMs: null } : alert);
    } else {
      // a clock that was set back must not keep an alert open for as long again
      const calmSinceMs = Math.min(alert.calmSinceMs ?? nowMs, nowMs);
      const isOver = nowMs - calmSinceMs >= finding.clearAfterMs;
      if (isOver) closed.push({ alert, measure: finding.measure, isQuiet: false });
      else kept.push({ ...alert, calmSinceMs });
    }
  }
  const opened = [...found.values()].filter(
    (finding) => finding.state === 'breached' && !places.has(placeOf(finding)),
  );
  return { opened, closed, kept };
}

/** Ids hold no space. */
function placeOf({ ruleId, modelId }: { readonly ruleId: string; readonly modelId: string | null }): string {
  return `${ruleId} ${modelId ?? ''}`;
}
