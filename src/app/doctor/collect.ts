import { networkInterfaces, totalmem } from 'node:os';
import { announceLargeBody, contact, type Reach } from './contact.ts';
import { type Contact, type Facts, fullName, type Loaded, type Subject } from './facts.ts';
import { talkTo } from './talk.ts';

export interface CollectOptions {
  /** For everything but the question to the model. Default 5 s. */
  readonly lookLimitMs?: number;
  /** For the question, loading the model included. Default 120 s: longer than nginx waits by default. */
  readonly talkLimitMs?: number;
}

const LOOK_LIMIT_MS = 5_000;
const TALK_LIMIT_MS = 120_000;
const OLLAMA_PORT = '11434';

/** Asks a model server everything that the checks want to know. Never throws: what cannot be had is null. */
export async function collectFacts(subject: Subject, options: CollectOptions = {}): Promise<Facts> {
  const look: Reach = { limitMs: options.lookLimitMs ?? LOOK_LIMIT_MS };
  const ollama = subject.protocol === 'ollama';
  const front = await contact(`${subject.baseUrl}${ollama ? '/api/version' : '/models'}`, look);
  const isUp = isHealthy(front, subject);
  const isLocal = isOnThisMachine(subject.baseUrl);
  const around = {
    isLocal,
    front,
    ollamaAt: await findOllamaNear(subject, isUp, look),
    speaksOpenai:
      !isUp && ollama && (await listsModels(`${new URL(subject.baseUrl).origin}/v1/models`, look)),
    memoryBytes: isLocal ? totalmem() : null,
  };
  if (!isUp) {
    const nothing = { names: null, loaded: [], parameterSize: null, largeBody: null, talk: null };
    return { subject, ...around, ...nothing };
  }
  const tags = ollama ? listIn(await json(`${subject.baseUrl}/api/tags`, look), 'models') : null;
  const names = tags ? tags.flatMap((tag) => textIn(tag, 'name') ?? []) : openaiNames(front);
  const before = ollama ? await loadedModels(subject.baseUrl, look) : [];
  const named = { ...subject, upstreamModel: subject.upstreamModel ?? before[0]?.name ?? names?.[0] ?? null };
  const isThere = names === null || !ollama || names.some((name) => sameModel(name, named.upstreamModel));
  const talk = named.upstreamModel !== null && isThere && front.kind === 'answer' && front.status === 200;
  const answer = talk
    ? await talkTo(named, {
        limitMs: options.talkLimitMs ?? TALK_LIMIT_MS,
        loadedBefore: ollama ? before : null,
      })
    : null;
  const details = tags?.find((tag) => sameModel(textIn(tag, 'name') ?? '', named.upstreamModel))?.details;
  return {
    subject: named,
    ...around,
    names,
    // Looked at again, because the question has loaded the model.
    loaded: ollama ? await loadedModels(subject.baseUrl, look) : [],
    parameterSize: isObject(details) ? textIn(details, 'parameter_size') : null,
    largeBody: await announceLargeBody(
      `${subject.baseUrl}${ollama ? '/api/chat' : '/chat/completions'}`,
      look,
    ),
    talk: answer,
  };
}

/** Where an Ollama answers: the same address without its path, or the usual port of the same host. */
async function findOllamaNear(subject: Subject, isUp: boolean, look: Reach): Promise<string | null> {
  if (isUp && subject.protocol === 'ollama') return subject.baseUrl;
  const { origin, protocol, hostname, port } = new URL(subject.baseUrl);
  const usual = `${protocol}//${hostname}:${OLLAMA_PORT}`;
  for (const place of isUp || port === OLLAMA_PORT ? [origin] : [origin, usual]) {
    if (textIn(await json(`${place}/api/version`, look), 'version') !== null) return place;
  }
  return null;
}

async function listsModels(url: string, look: Reach): Promise<boolean> {
  return listIn(await json(url, look), 'data') !== null;
}

/** What an Ollama has in its memory; nothing where it does not answer. */
export async function loadedModels(baseUrl: string, look: Reach): Promise<Loaded[]> {
  const models = listIn(await json(`${baseUrl}/api/ps`, look), 'models') ?? [];
  return models.map((model) => ({
    name: textIn(model, 'name') ?? '',
    sizeBytes: numberIn(model, 'size') ?? 0,
    vramBytes: numberIn(model, 'size_vram') ?? 0,
    contextLength: numberIn(model, 'context_length'),
  }));
}

function isHealthy(front: Contact, { protocol }: Subject): boolean {
  if (front.kind === 'none') return false;
  const body = parsed(front);
  if (protocol === 'ollama') return front.status === 200 && textIn(body, 'version') !== null;
  return (
    ((front.status === 401 || front.status === 403) && front.text !== '') || listIn(body, 'data') !== null
  );
}

function openaiNames(front: Contact): string[] | null {
  return listIn(parsed(front), 'data')?.flatMap((model) => textIn(model, 'id') ?? []) ?? null;
}

function sameModel(name: string, wanted: string | null): boolean {
  return wanted !== null && fullName(name) === fullName(wanted);
}

/** The doctor's own machine: then memory and commands are told for it. */
export function isOnThisMachine(baseUrl: string): boolean {
  const hostname = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '');
  if (hostname === 'localhost' || hostname.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((entries) =>
    entries?.some(({ address }) => address === hostname),
  );
}

async function json(url: string, look: Reach): Promise<unknown> {
  return parsed(await contact(url, look));
}

function parsed(answer: Contact): unknown {
  if (answer.kind === 'none' || answer.status !== 200) return null;
  try {
    return JSON.parse(answer.text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function textIn(value: unknown, name: string): string | null {
  const member = isObject(value) ? value[name] : null;
  return typeof member === 'string' ? member : null;
}

function numberIn(value: unknown, name: string): number | null {
  const member = isObject(value) ? value[name] : null;
  return typeof member === 'number' ? member : null;
}

function listIn(value: unknown, name: string): Readonly<Record<string, unknown>>[] | null {
  const member = isObject(value) ? value[name] : null;
  return Array.isArray(member) ? member.filter(isObject) : null;
}
