import type { Model } from '../../domain/config.ts';
import type { ErrorClass } from '../../domain/error-class.ts';
import type { JudgePrompt } from '../../domain/judge-prompt.ts';
import { parseVerdict, VERDICT_SCHEMA, type Verdict } from '../../domain/verdict.ts';
import type { CompletionLimits, ModelClient } from '../../ports/model-client.ts';

/** For a verdict and, with some models, the thoughts before it. */
const MAX_VERDICT_TOKENS = 2_048;

/** What one call came to: a verdict, words that are none, or a failure of the call. */
export type Judged =
  | { readonly outcome: 'ok'; readonly verdict: Verdict | null }
  | { readonly outcome: ErrorClass; readonly message: string };

/** Asks a model once whether an answer completed its task. Never throws. */
export async function askJudge(
  client: Pick<ModelClient, 'complete'>,
  { model, prompt, ...limits }: CompletionLimits & { readonly model: Model; readonly prompt: JudgePrompt },
): Promise<Judged> {
  const instruction = { ...prompt, schema: VERDICT_SCHEMA, maxTokens: MAX_VERDICT_TOKENS };
  const said = await client.complete(model, instruction, limits);
  if (!said.ok) return { outcome: said.errorClass, message: said.message };
  const result = parseVerdict(said.text);
  return { outcome: 'ok', verdict: result.ok ? result.verdict : null };
}
