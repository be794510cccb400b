import type { CheckReport } from '../contract/model.ts';
import type { Model } from '../domain/config.ts';
import type { CallReport, ModelClient } from '../ports/model-client.ts';

/** One plain and one streamed call, one after the other: together they would slow each other down. */
export async function checkModel(client: ModelClient, model: Model): Promise<CheckReport> {
  const plain = await client.ask(model, false);
  const stream = await client.ask(model, true);
  return { model_id: model.id, ok: plain.ok && stream.ok, plain: wireOf(plain), stream: wireOf(stream) };
}

function wireOf(report: CallReport): CheckReport['plain'] {
  const error =
    report.errorClass === null ? null : { class: report.errorClass, message: report.message ?? '' };
  return { ok: report.ok, latency_ms: report.latencyMs, first_token_ms: report.ttftMs, error };
}
