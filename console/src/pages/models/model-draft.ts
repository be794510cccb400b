import type { Answer, Body } from '../../api/call.ts';

type Model = Answer<'GET /models/{id}'>;
export type ModelBody = Body<'POST /models'>;

/** A model as the form holds it: its options as the text that somebody writes. */
export interface ModelDraft extends Omit<Model, 'version' | 'managed_by' | 'options'> {
  readonly options: string;
}

export function toDraft({ options, ...model }: Model): ModelDraft {
  const { version: _version, managed_by: _owner, ...rest } = model;
  return { ...rest, options: options === null ? '' : JSON.stringify(options, null, 2) };
}

/** Throws SyntaxError for options that are no JSON; the form has refused them before. */
export function toBody({ options, system_prompt, api_key, ...draft }: ModelDraft): ModelBody {
  return {
    ...draft,
    options: options.trim() === '' ? null : JSON.parse(options),
    system_prompt: system_prompt === '' ? null : system_prompt,
    api_key: api_key === '' ? null : api_key,
  };
}
