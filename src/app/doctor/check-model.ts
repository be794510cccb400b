import { type Facts, fullName, type Loaded } from './facts.ts';
import type { Finding } from './finding.ts';
import { shellWord } from './shell-word.ts';

/** Below this a conversation with a system prompt and some history loses its beginning. */
export const SMALL_CONTEXT_TOKENS = 8192;
/** From this size on, 4-bit weights and the context of several users need the memory below. */
const LARGE_MODEL_BILLIONS = 30;
const MEMORY_FOR_LARGE_BYTES = 64e9;

/** Is the model there, where does it compute, how much does it remember, does it fit? */
export function checkModel(facts: Facts): Finding[] {
  const pulled = checkPulled(facts);
  if (pulled?.level === 'broken') return [pulled];
  return [pulled, checkGpu(facts), checkContext(facts), checkMemory(facts), checkProtocol(facts)].filter(
    (finding) => finding !== null,
  );
}

function checkPulled({ subject, names, isLocal }: Facts): Finding | null {
  const { upstreamModel, protocol, baseUrl } = subject;
  if (names === null || upstreamModel === null) return null;
  const finding = { check: 'pulled', model: subject.id ?? upstreamModel };
  if (protocol === 'openai') {
    if (names.includes(upstreamModel)) {
      return { ...finding, level: 'ok', what: `${upstreamModel} is served`, why: null, command: null };
    }
    // llama.cpp serves its one model under any name.
    return {
      ...finding,
      level: 'warn',
      what: `the server does not list ${upstreamModel}; it lists ${listed(names)}`,
      why: 'a server that looks at the name answers 404',
      command: `sluice models set ${subject.id ?? 'ID'} --model ${shellWord(names[0] ?? 'NAME')}`,
    };
  }
  if (names.map(fullName).includes(fullName(upstreamModel))) {
    return { ...finding, level: 'ok', what: `${upstreamModel} is pulled`, why: null, command: null };
  }
  return {
    ...finding,
    level: 'broken',
    what: `${upstreamModel} is not on this Ollama; it has ${listed(names)}`,
    why: 'every call of the model answers 404',
    command: `${onServer(isLocal, baseUrl)}ollama pull ${shellWord(upstreamModel)}`,
  };
}

/** What `/api/ps` of an Ollama tells. */
export type LoadedFacts = Pick<Facts, 'subject' | 'isLocal' | 'loaded'>;

export function checkGpu(facts: LoadedFacts): Finding | null {
  const { subject, isLocal } = facts;
  const loaded = loadedOf(facts);
  if (loaded === null || loaded.sizeBytes === 0) return null;
  const finding = { check: 'gpu', model: subject.id ?? subject.upstreamModel };
  const size = gigabytes(loaded.sizeBytes);
  const remote = onServer(isLocal, subject.baseUrl);
  const other = facts.loaded.find((one) => one !== loaded && one.vramBytes > 0);
  if (loaded.vramBytes >= loaded.sizeBytes) {
    return { ...finding, level: 'ok', what: `all of it (${size}) is on the GPU`, why: null, command: null };
  }
  if (subject.options?.num_gpu === 0) {
    return {
      ...finding,
      level: 'warn',
      what: `${loaded.name} computes on the CPU`,
      why: "the model's own option num_gpu is 0 in Sluice, which forbids the GPU; -1 lets Ollama choose",
      zh: `${loaded.name} 运行在 CPU 上：Sluice 中该模型的选项 num_gpu 为 0，禁止使用 GPU；设为 -1 则由 Ollama 决定`,
      command: `sluice models set ${subject.id ?? 'ID'} --option num_gpu=-1`,
    };
  }
  const what =
    loaded.vramBytes === 0
      ? `${loaded.name} (${size}) computes on the CPU: nothing of it is in the memory of a GPU`
      : `only ${gigabytes(loaded.vramBytes)} of ${size} are on the GPU, the rest computes on the CPU`;
  const whatZh =
    loaded.vramBytes === 0
      ? `${loaded.name}（${size}）运行在 CPU 上，GPU 显存中没有任何部分`
      : `${size} 中只有 ${gigabytes(loaded.vramBytes)} 在 GPU 上，其余运行在 CPU 上`;
  if (other) {
    const why = `${other.name} takes ${gigabytes(other.vramBytes)} of the GPU's memory`;
    const zh = `${whatZh}；${other.name} 占用了 ${gigabytes(other.vramBytes)} 显存`;
    const command = `${remote}ollama stop ${shellWord(other.name)}`;
    return { ...finding, level: 'warn', what, why, zh, command };
  }
  if (loaded.vramBytes === 0) {
    const why = 'Ollama found no GPU when it started; a driver that came later is seen after a restart';
    const zh = `${whatZh}；Ollama 启动时没有找到 GPU，之后装好的驱动要重启后才能识别`;
    const command = 'nvidia-smi && sudo systemctl restart ollama';
    return { ...finding, level: 'warn', what, why, zh, command };
  }
  return {
    ...finding,
    level: 'warn',
    what,
    why: 'weights and context do not fit; a quantised cache halves the part of the context',
    zh: `${whatZh}；权重与上下文放不下，量化缓存可使上下文部分减半`,
    command: 'OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 ollama serve',
  };
}

export function checkContext(facts: LoadedFacts): Finding | null {
  const { subject } = facts;
  const written = subject.options?.num_ctx;
  const tokens = loadedOf(facts)?.contextLength ?? (typeof written === 'number' ? written : null);
  if (tokens === null || subject.protocol !== 'ollama') return null;
  const finding = { check: 'context', model: subject.id ?? subject.upstreamModel };
  if (tokens >= SMALL_CONTEXT_TOKENS) {
    return { ...finding, level: 'ok', what: `context of ${tokens} tokens`, why: null, command: null };
  }
  const isShrunk = typeof written === 'number' && written > tokens;
  return {
    ...finding,
    level: 'warn',
    what: `the context is ${tokens} tokens, less than ${SMALL_CONTEXT_TOKENS}`,
    why: isShrunk
      ? `Sluice asks for ${written}; another program loads the model with less, and every change reloads it`
      : 'Ollama cuts off the beginning of a longer conversation without an error',
    zh: `上下文为 ${tokens} token，少于 ${SMALL_CONTEXT_TOKENS}；${
      isShrunk
        ? `Sluice 请求的是 ${written}，另有程序以更小的值加载该模型，每次切换都会重新加载`
        : '会话更长时 Ollama 会截去开头且不报错'
    }`,
    command:
      subject.id === null
        ? `OLLAMA_CONTEXT_LENGTH=${SMALL_CONTEXT_TOKENS} ollama serve`
        : `sluice models set ${subject.id} --option num_ctx=${SMALL_CONTEXT_TOKENS}`,
  };
}

function checkMemory({ subject, parameterSize, memoryBytes }: Facts): Finding | null {
  const billions = billionsOf(parameterSize ?? '');
  if (memoryBytes === null || billions === null || billions < LARGE_MODEL_BILLIONS) return null;
  const finding = { check: 'memory', model: subject.id ?? subject.upstreamModel };
  const memory = gigabytes(memoryBytes);
  if (memoryBytes >= MEMORY_FOR_LARGE_BYTES) {
    return { ...finding, level: 'ok', what: `${memory} of memory`, why: null, command: null };
  }
  return {
    ...finding,
    level: 'warn',
    what: `a model of ${parameterSize} parameters on a machine with ${memory} of memory, less than 64 GB`,
    why: 'what does not fit on the GPU comes here; when it runs short the model is killed, or the disk is read for every token',
    command: 'OLLAMA_MAX_LOADED_MODELS=1 OLLAMA_NUM_PARALLEL=1 ollama serve',
  };
}

function checkProtocol({ subject, ollamaAt }: Facts): Finding | null {
  if (subject.protocol !== 'openai' || ollamaAt === null) return null;
  return {
    check: 'protocol',
    level: 'warn',
    model: subject.id ?? subject.upstreamModel,
    what: `${subject.baseUrl} is an Ollama, spoken to by the OpenAI protocol`,
    why: 'its /v1 hides errors in mid-stream and sets other sampling defaults; its own protocol does neither',
    command: `sluice models set ${subject.id ?? 'ID'} --protocol ollama --url ${ollamaAt}`,
  };
}

function loadedOf({ subject, loaded }: LoadedFacts): Loaded | null {
  const { upstreamModel } = subject;
  if (upstreamModel === null) return null;
  return loaded.find((one) => fullName(one.name) === fullName(upstreamModel)) ?? null;
}

/** `32.8B` → 32.8, `494.03M` → 0.494; null for anything else. */
function billionsOf(size: string): number | null {
  const match = /^([\d.]+)\s*([BM])$/i.exec(size.trim());
  if (!match) return null;
  return Number(match[1]) / (match[2]?.toUpperCase() === 'M' ? 1000 : 1);
}

/** Ollama's command line manages another machine's Ollama when OLLAMA_HOST names it. */
function onServer(isLocal: boolean, baseUrl: string): string {
  return isLocal ? '' : `OLLAMA_HOST=${new URL(baseUrl).host} `;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
