import type { Model } from '../domain/config.ts';
import type { Exchange } from './exchange.ts';
import type { AnswerMeta } from './wire/wire.ts';

/** What an answer in Sluice's own or a translated protocol may say about itself. */
export function answerMeta(x: Exchange, model: Model): AnswerMeta {
  const { assignment, services } = x;
  return {
    requestId: x.requestId,
    sessionId: x.session?.id ?? '',
    modelId: model.id,
    upstreamModel: model.upstreamModel,
    createdAtMs: x.receivedAtMs,
    clock: services.clock,
    assignment: {
      routeId: assignment?.routeId ?? null,
      reason: assignment?.reason ?? 'rule',
      bucket: assignment?.place?.bucket ?? null,
      assignedModelId: assignment?.assigned.id ?? model.id,
      fallback: x.fallback,
      configVersion: x.snapshot.version,
    },
  };
}
