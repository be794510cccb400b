/**
 * Where model servers quote what a user or a model wrote, in the middle of an error of their own. Each cuts from the
 * carrier's first words to its end; texts are bounded by the reader of the error (2,000 characters).
 */
const CARRIERS: readonly RegExp[] = [
  // pydantic in a sentence: `… [type=string_type, input_value='the text', input_type=str]`
  /(input_value=)[\s\S]*?(?=, input_type=|$)/gi,
  // pydantic as a list of dicts (vLLM, FastAPI): `{'type': …, 'msg': …, 'input': <whatever was sent>}`
  /('input': )[\s\S]*?(?=\}, \{'type':|, 'ctx':|, 'url':|$)/gi,
  // OpenAI: `Invalid value: 'the text'. Supported values are: …`
  /(invalid value: ['"])[\s\S]*?(?=['"]\. supported values|$)/gi,
  // Ollama, of a tool call that the model wrote badly
  /(error parsing tool call: raw=)[\s\S]*?(?=, err=|$)/gi,
  // llama.cpp, of an answer that does not fit its grammar: everything that follows is the model's text
  /(failed to parse input at pos \d+: )[\s\S]*/gi,
];

/**
 * A model server's error without the words of users and models that it quotes: they must neither decide what the
 * error means nor reach a log. Pure.
 */
export function withoutEchoes(message: string): string {
  return CARRIERS.reduce((text, carrier) => text.replace(carrier, '$1…'), message);
}
