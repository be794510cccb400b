import { planAnswer, promptTokens, withChatter } from './answer.ts';
import type { ChatDialect, ChatRequest, Protocol } from './chat-dialect.ts';
import type { EmbeddingReplyOptions } from './embedding.ts';
import { readEmbedding } from './embedding.ts';
import type { FaultBook, Strike } from './fault-book.ts';
import { withFault } from './fault-playback.ts';
import { planPace } from './pace.ts';
import { type Playback, whole } from './playback.ts';
import { JSON_TYPE, Refusal } from './refusal.ts';
import { preciseNowMs, type SimRequest } from './request-log.ts';
import { createRng, hexId } from './rng.ts';
import { isObject, type JsonObject } from './schema-value.ts';
import type { Shelf } from './shelf.ts';
import type { Capability, FullSimModel } from './sim-model.ts';

/** What every request of one server shares. */
export interface World {
  readonly shelf: Shelf;
  readonly book: FaultBook;
  readonly seed: number;
  /** Time factor; Infinity is without any delay. */
  readonly speed: number;
}

export interface Call {
  readonly record: SimRequest;
  readonly body: Buffer;
}

/** One request to a chat endpoint, from its bytes to what is played on the socket. Throws Refusal. */
export function answerChat(world: World, dialect: ChatDialect, { record, body }: Call): Playback {
  const { protocol } = dialect;
  const request = dialect.read(parseBody(protocol, body));
  record.model = request.model;
  const model = findModel(world.shelf, protocol, request.model);
  checkCapabilities(protocol, model, request);
  const nowMs = preciseNowMs();
  const { strike, loadMs } = begin(world, model, record);
  if (strike.fault === null) checkLength(protocol, model, request);
  world.shelf.keep(model.name, request.keepAliveMs, nowMs);

  const answer = planAnswer(request.prompt, model, world.seed);
  const spoken = strike.fault?.fault === 'chatter' ? withChatter(answer) : answer;
  const said = request.isEmpty ? { ...spoken, thinking: [], pieces: [], toolCalls: [] } : spoken;
  // Times and ids differ from one request to the next, words do not: users who ask the same get the same.
  const rng = createRng(world.seed, 'request', record.serial, model.name);
  const { speed } = world;
  const { slowFactor } = strike;
  const pace = planPace({ model, rng, promptTokens: answer.promptTokens, speed, slowFactor, loadMs });
  const reply = dialect.reply({ request, model, answer: said, pace, nowMs, id: hexId(rng, 32) });
  const contextLength = request.contextLength ?? model.contextLength;
  return withFault(reply, strike.fault, { protocol, isStream: request.stream, contextLength });
}

/** One request to an embedding endpoint; `render` makes the body of its protocol. Throws Refusal. */
export function answerEmbedding(
  world: World,
  protocol: Protocol,
  { call, render }: { call: Call; render: (options: EmbeddingReplyOptions) => object },
): Playback {
  const request = readEmbedding(parseBody(protocol, call.body));
  call.record.model = request.model;
  const model = findModel(world.shelf, protocol, request.model);
  const { strike, loadMs } = begin(world, model, call.record);
  const dimensions = Math.min(
    Math.max(1, request.dimensions ?? model.embeddingLength),
    model.embeddingLength,
  );
  const body = JSON.stringify(render({ request, dimensions, seed: world.seed }));
  const delayMs = loadMs + (15 * strike.slowFactor) / world.speed;
  const reply = whole({ status: 200, contentType: JSON_TYPE[protocol], body, delayMs });
  return withFault(reply, strike.fault, { protocol, isStream: false, contextLength: model.contextLength });
}

/** Throws Refusal in the words of Go's parser, or of FastAPI's. */
export function parseBody(protocol: Protocol, body: Buffer): JsonObject {
  if (body.length === 0) {
    throw new Refusal(
      400,
      protocol === 'ollama' ? 'missing request body' : "[{'type': 'missing', 'loc': ('body',)}]",
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    const first = body.toString().trimStart()[0] ?? '';
    const go = '{['.includes(first)
      ? 'unexpected EOF'
      : `invalid character '${first}' looking for beginning of value`;
    throw new Refusal(
      400,
      protocol === 'ollama' ? go : "[{'type': 'json_invalid', 'msg': 'JSON decode error'}]",
    );
  }
  if (isObject(json)) return json;
  throw new Refusal(400, 'json: cannot unmarshal into Go value of type api.ChatRequest');
}

export function findModel(shelf: Shelf, protocol: Protocol, name: string): FullSimModel {
  const model = shelf.find(name);
  if (model) return model;
  if (protocol === 'ollama') throw new Refusal(404, `model '${name}' not found`);
  throw new Refusal(404, `The model \`${name}\` does not exist.`, 'model');
}

/** Draws the faults and loads the model if it is not. */
function begin(world: World, model: FullSimModel, record: SimRequest): { strike: Strike; loadMs: number } {
  const nowMs = preciseNowMs();
  const isLoaded = world.shelf.isLoaded(model.name, nowMs);
  const strike = world.book.strike({ model: model.name, isLoaded, nowMs });
  const coldMs = strike.coldLoadMs ?? model.loadMs / world.speed;
  const loadMs = world.shelf.load(model.name, coldMs, nowMs);
  record.fault = strike.fault?.fault ?? (strike.coldLoadMs === null ? null : 'cold_load');
  if (record.fault === null && strike.slowFactor !== 1) record.fault = 'slow';
  return { strike, loadMs };
}

function checkCapabilities(protocol: Protocol, model: FullSimModel, { prompt }: ChatRequest): void {
  const needs: readonly (readonly [boolean, Capability, string])[] = [
    [true, 'completion', 'chat'],
    [prompt.tools.length > 0, 'tools', 'tools'],
    [prompt.think && protocol === 'ollama', 'thinking', 'thinking'],
  ];
  for (const [isNeeded, capability, word] of needs) {
    if (isNeeded && !model.capabilities.includes(capability)) {
      throw new Refusal(400, `"${model.name}" does not support ${word}`);
    }
  }
}

/** vLLM refuses a prompt that is too long; Ollama cuts it in silence unless asked not to. */
function checkLength(protocol: Protocol, model: FullSimModel, request: ChatRequest): void {
  const limit = request.contextLength ?? model.contextLength;
  const tokens = promptTokens(request.prompt);
  if (tokens <= limit || !request.refusesOverflow) return;
  if (protocol === 'ollama') {
    const message =
      'the prompt is longer than the context length currently available to the model; shorten the prompt, or raise num_ctx';
    throw new Refusal(400, message);
  }
  const message = `This model's maximum context length is ${limit} tokens. However, your request has ${tokens} input tokens. Please reduce the length of the input messages.`;
  throw new Refusal(400, message, 'messages');
}
