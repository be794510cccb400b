import { verdictOn } from './judge.ts';
import { createRng, hexId, type Rng } from './rng.ts';
import { isObject, type JsonObject, schemaValue } from './schema-value.ts';
import type { FullSimModel } from './sim-model.ts';
import { answerText, countTokens, languageOf, splitPieces, thinkingText, toolResultText } from './text.ts';

export interface SimMessage {
  readonly role: string;
  readonly text: string;
  readonly images: number;
}

export interface SimTool {
  readonly name: string;
  readonly parameters: unknown;
}

/** A request, whatever protocol it came in. */
export interface SimPrompt {
  readonly messages: readonly SimMessage[];
  readonly tools: readonly SimTool[];
  /** `named`: this tool must be called. */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly named: string };
  readonly think: boolean;
  /** JSON wanted: of any shape, or of a schema. */
  readonly format: null | 'json' | JsonObject;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
}

export interface SimToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

export interface SimAnswer {
  /** Pieces of about one token, in the order in which they stream. */
  readonly thinking: readonly string[];
  readonly pieces: readonly string[];
  readonly toolCalls: readonly SimToolCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls';
  readonly promptTokens: number;
  readonly answerTokens: number;
}

/** Tokens that a picture costs. */
const IMAGE_TOKENS = 258;
/** Chat template around each message. */
const MESSAGE_TOKENS = 5;
/** Tools that one answer calls at most. */
const MAX_TOOL_CALLS = 4;
/** What users say for a part of a tool's name. */
const TOOL_WORDS: readonly (readonly [part: string, said: RegExp])[] = [
  ['weather', /天气|weather/i],
  ['order', /订单|order/i],
  ['refund', /退款|refund/i],
  ['search', /搜索|search|look up/i],
  ['time', /几点|时间|what time/i],
];

/** The answer of a model to a prompt: the same seed, model and messages always give the same answer. */
export function planAnswer(prompt: SimPrompt, model: FullSimModel, seed: number): SimAnswer {
  const rng = createRng(seed, model.name, ...prompt.messages.map(({ role, text }) => `${role}:${text}`));
  const question = prompt.messages.findLast(({ role }) => role === 'user')?.text ?? '';
  const thinking = prompt.think ? splitPieces(thinkingText(question, rng)) : [];
  const toolCalls = planToolCalls(prompt, question, rng);
  const whole = toolCalls.length > 0 ? '' : cutAtStop(textFor(prompt, model, { question, rng }), prompt.stop);
  const pieces = splitPieces(whole);
  const room = Math.max(0, (prompt.maxTokens ?? Number.POSITIVE_INFINITY) - thinking.length);
  const isCut = pieces.length > room;
  return {
    thinking,
    pieces: isCut ? pieces.slice(0, room) : pieces,
    toolCalls,
    finish: toolCalls.length > 0 ? 'tool_calls' : isCut ? 'length' : 'stop',
    promptTokens: promptTokens(prompt),
    answerTokens: thinking.length + Math.min(pieces.length, room) + toolCalls.length * 20,
  };
}

/** What a model says that was asked for nothing but JSON, and is polite. */
export function withChatter(answer: SimAnswer): SimAnswer {
  const chatter = splitPieces('Sure! Here is what you asked for:\n\n');
  return {
    ...answer,
    pieces: [...chatter, ...answer.pieces],
    answerTokens: answer.answerTokens + chatter.length,
  };
}

export function promptTokens({ messages, tools }: Pick<SimPrompt, 'messages' | 'tools'>): number {
  const said = messages.reduce(
    (sum, { text, images }) => sum + MESSAGE_TOKENS + countTokens(text) + images * IMAGE_TOKENS,
    0,
  );
  return tools.length === 0 ? said : said + countTokens(JSON.stringify(tools));
}

function textFor(
  prompt: SimPrompt,
  model: FullSimModel,
  { question, rng }: { question: string; rng: Rng },
): string {
  const last = prompt.messages.at(-1);
  const verdict = verdictOn(question);
  if (verdict !== null) return verdict;
  if (isObject(prompt.format)) {
    return JSON.stringify(schemaValue({ schema: prompt.format, text: question, rng }));
  }
  const previous = prompt.messages.findLast(({ role }) => role === 'assistant')?.text ?? null;
  const tokens = rng.logNormal(model.answerTokens, 0.4);
  const text =
    last?.role === 'tool'
      ? toolResultText(question, last.text)
      : answerText({ question, previous, tokens, rng });
  return prompt.format === 'json' ? JSON.stringify({ answer: text, language: languageOf(question) }) : text;
}

/** A tool is called when the user's last message names it, or says the word for it; never twice in a row. */
function planToolCalls(
  { tools, toolChoice, messages }: SimPrompt,
  question: string,
  rng: Rng,
): SimToolCall[] {
  if (toolChoice === 'none' || tools.length === 0 || messages.at(-1)?.role === 'tool') return [];
  const named = typeof toolChoice === 'object' ? toolChoice.named : null;
  const wanted = tools.filter(({ name }) => (named === null ? isAskedFor(name, question) : name === named));
  const called = wanted.length === 0 && toolChoice === 'required' ? tools.slice(0, 1) : wanted;
  return called.slice(0, MAX_TOOL_CALLS).map(({ name, parameters }) => ({
    id: `call_${hexId(rng, 8)}`,
    name,
    arguments: schemaValue({ schema: parameters ?? { type: 'object' }, text: question, rng }),
  }));
}

function isAskedFor(tool: string, question: string): boolean {
  const name = tool.toLowerCase();
  const said = question.toLowerCase();
  if (said.includes(name) || said.includes(name.replaceAll('_', ' '))) return true;
  return TOOL_WORDS.some(([part, words]) => name.includes(part) && words.test(question));
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const cuts = stop.map((word) => (word === '' ? -1 : text.indexOf(word))).filter((at) => at >= 0);
  return cuts.length === 0 ? text : text.slice(0, Math.min(...cuts));
}
