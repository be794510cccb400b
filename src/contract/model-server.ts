import Type, { type Static } from 'typebox';
import { nullable, strict } from './fields.ts';
import { ModelInput } from './model.ts';

/** Whom to ask what it is: an address as an operator has it, with or without `/v1`. */
export const ServerQuestion = strict({
  base_url: ModelInput.properties.base_url,
  api_key: Type.Optional(nullable(Type.String({ pattern: '^[\\u0021-\\u007e]{1,1024}$', writeOnly: true }))),
});
export type ServerQuestion = Static<typeof ServerQuestion>;

/** What answers at an address, ready to be registered. */
export const ServerReport = strict({
  base_url: Type.String({ description: 'as a model of this protocol needs it' }),
  protocol: nullable(
    Type.Enum(['ollama', 'openai'] as const, { description: 'null where neither was found' }),
  ),
  models: Type.Array(Type.String(), { description: 'names that the server lists' }),
  latency_ms: Type.Number({ minimum: 0 }),
  error: nullable(Type.String({ description: 'what came instead of a list of models' })),
});
export type ServerReport = Static<typeof ServerReport>;
