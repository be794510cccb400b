import { chat } from './chat.ts';
import { ollamaChat, ollamaGenerate } from './ollama.ts';
import { openaiChat } from './openai.ts';
import type { Endpoint, Inbound } from './wire.ts';

/** Every chat endpoint. */
export const inbounds: Readonly<Record<Endpoint, Inbound>> = {
  chat,
  openai_chat: openaiChat,
  ollama_chat: ollamaChat,
  ollama_generate: ollamaGenerate,
};
