/** Frames of model servers, as real ones write them. */
export const ollamaLine = (content: string): string =>
  `{"model":"m","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":${JSON.stringify(content)}},"done":false}\n`;
export const OLLAMA_END =
  '{"model":"m","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}\n';
export const OLLAMA_WHOLE =
  '{"model":"m","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":"hello"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}';

export const openaiEvent = (content: string): string =>
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]}\n\n`;
export const OPENAI_FINISH =
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
export const OPENAI_DONE = 'data: [DONE]\n\n';
