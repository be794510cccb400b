import { describe, expect, it } from 'vitest';
import { examine } from './examine.ts';
import type { Answer, Facts, Loaded, Talk } from './facts.ts';

const answer = (status: number, text: string, more: Partial<Answer> = {}): Answer => ({
  kind: 'answer',
  status,
  server: '',
  contentType: 'application/json',
  text,
  ...more,
});
const nginx = (status: number): Answer =>
  answer(
    status,
    `<html><body><center><h1>${status}</h1></center><hr><center>nginx/1.22.1</center></body></html>`,
    {
      server: 'nginx/1.22.1',
      contentType: 'text/html',
    },
  );
const loaded: Loaded = { name: 'qwen3:32b', sizeBytes: 20e9, vramBytes: 20e9, contextLength: 16_384 };
const talk: Talk = {
  contact: answer(200, ''),
  pieceMs: [400, 500, 600, 700, 800, 900, 1200, 1400],
  totalMs: 1400,
  writingMs: 1000,
  wasLoaded: true,
  isComplete: true,
  error: null,
};
const healthy: Facts = {
  subject: {
    id: 'qwen3-32b-prod',
    protocol: 'ollama',
    baseUrl: 'http://127.0.0.1:8080',
    upstreamModel: 'qwen3:32b',
    options: null,
  },
  isLocal: true,
  front: answer(200, '{"version":"0.12.0"}'),
  ollamaAt: 'http://127.0.0.1:8080',
  speaksOpenai: false,
  names: ['qwen2:7b', 'qwen3:32b'],
  loaded: [loaded],
  parameterSize: '32.8B',
  largeBody: null,
  talk,
  memoryBytes: 135e9,
};
const remote = {
  ...healthy,
  isLocal: false,
  subject: { ...healthy.subject, baseUrl: 'http://10.0.0.5:11434' },
};
const openai: Facts = {
  ...healthy,
  subject: { ...healthy.subject, protocol: 'openai', baseUrl: 'http://10.0.0.5:8000/v1' },
  front: answer(200, '{"object":"list","data":[]}'),
  ollamaAt: null,
  names: ['qwen3:32b'],
  loaded: [],
};

/** The healthy model, in memory or in its answer otherwise than it should be. */
const withLoaded = (change: Partial<Loaded>, ...others: Loaded[]): Facts => ({
  ...healthy,
  loaded: [{ ...loaded, ...change }, ...others],
});
const withTalk = (change: Partial<Talk>, facts: Facts = healthy): Facts => ({
  ...facts,
  talk: { ...talk, ...change },
});

/** The one finding of a check. */
function findingOf(facts: Facts, check: string) {
  const found = examine(facts).filter((finding) => finding.check === check);
  expect(found, JSON.stringify(examine(facts))).toHaveLength(1);
  return found[0];
}

describe('examine', () => {
  it('finds nothing wrong with a healthy model', () => {
    const findings = examine(healthy);
    expect(findings.map(({ check }) => check)).toEqual([
      'reachable',
      'pulled',
      'gpu',
      'context',
      'memory',
      'first_token',
      'buffering',
    ]);
    expect(findings.every(({ level, command }) => level === 'ok' && command === null)).toBe(true);
  });

  it.each<[string, Facts, string, string]>([
    [
      'a model that was not pulled',
      { ...healthy, names: ['qwen2:7b'], talk: null },
      'pulled',
      'ollama pull qwen3:32b',
    ],
    [
      'a model that was not pulled on another machine',
      { ...remote, names: [], talk: null },
      'pulled',
      'OLLAMA_HOST=10.0.0.5:11434 ollama pull qwen3:32b',
    ],
    [
      "nginx's 504",
      withTalk({ contact: nginx(504), totalMs: 60_010, pieceMs: [], isComplete: false }),
      'nginx_timeout',
      'proxy_read_timeout 3600s;',
    ],
    [
      'out of memory',
      {
        ...healthy,
        talk: {
          ...talk,
          contact: answer(500, '{"error":"llama: cudaMalloc failed: out of memory"}'),
          pieceMs: [],
        },
      },
      'out_of_memory',
      'OLLAMA_NUM_PARALLEL=1 OLLAMA_MAX_LOADED_MODELS=1 ollama serve',
    ],
    [
      'a stream without its end',
      withTalk({ isComplete: false }),
      'truncated',
      'sluice doctor --ollama-log FILE',
    ],
    [
      'an error in the stream',
      withTalk({ isComplete: false, error: 'model runner has unexpectedly stopped' }),
      'runner_terminated',
      "sudo dmesg -T | grep -iE 'oom|killed process|nvrm|xid'",
    ],
    [
      'no answer in time',
      withTalk({ contact: { kind: 'none', code: 'TIMEOUT' }, pieceMs: [], totalMs: 120_000 }),
      'first_token',
      'sluice doctor --ollama-log FILE',
    ],
  ])('is broken: %s', (_case, facts, check, command) => {
    expect(findingOf(facts, check)).toMatchObject({ level: 'broken', model: 'qwen3-32b-prod', command });
  });

  it.each<[string, Facts, string, string | null]>([
    [
      'a model on the CPU',
      withLoaded({ vramBytes: 0 }),
      'gpu',
      'nvidia-smi && sudo systemctl restart ollama',
    ],
    [
      'a model on the CPU by its own option',
      { ...withLoaded({ vramBytes: 0 }), subject: { ...healthy.subject, options: { num_gpu: 0 } } },
      'gpu',
      'sluice models set qwen3-32b-prod --option num_gpu=-1',
    ],
    [
      'a model partly on the CPU',
      withLoaded({ vramBytes: 19e9 }),
      'gpu',
      'OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 ollama serve',
    ],
    [
      'another model in the way',
      {
        ...healthy,
        loaded: [
          { ...loaded, vramBytes: 0 },
          { ...loaded, name: "qwen2'; reboot" },
        ],
      },
      'gpu',
      "ollama stop 'qwen2'\\''; reboot'",
    ],
    [
      'a context of 8191',
      withLoaded({ contextLength: 8191 }),
      'context',
      'sluice models set qwen3-32b-prod --option num_ctx=8192',
    ],
    [
      'a small context of a server without Sluice',
      { ...withLoaded({ contextLength: 4096 }), subject: { ...healthy.subject, id: null } },
      'context',
      'OLLAMA_CONTEXT_LENGTH=8192 ollama serve',
    ],
    [
      'a 32B model in 63 GB',
      { ...healthy, memoryBytes: 63.9e9 },
      'memory',
      'OLLAMA_MAX_LOADED_MODELS=1 OLLAMA_NUM_PARALLEL=1 ollama serve',
    ],
    ['a slow first token', withTalk({ pieceMs: [15_001] }), 'first_token', 'ollama ps'],
    [
      'a slow first token of a cold model',
      withTalk({ pieceMs: [40_000], wasLoaded: false }),
      'first_token',
      'OLLAMA_KEEP_ALIVE=-1 ollama serve',
    ],
    [
      'an answer that comes all at once',
      withTalk({ pieceMs: [1400, 1400, 1401, 1401, 1402, 1402, 1403, 1403] }),
      'buffering',
      'proxy_buffering off;',
    ],
    [
      'an answer that comes in two bursts, from a server that does not say how long it wrote',
      {
        ...openai,
        talk: { ...talk, writingMs: null, pieceMs: [700, 700, 701, 701, 1400, 1400, 1401, 1401] },
      },
      'buffering',
      'proxy_buffering off;',
    ],
    [
      "nginx's limit of bodies",
      { ...healthy, largeBody: nginx(413) },
      'body_limit',
      'client_max_body_size 32m;',
    ],
    [
      'an Ollama spoken to as OpenAI',
      { ...openai, ollamaAt: 'http://10.0.0.5:8000' },
      'protocol',
      'sluice models set qwen3-32b-prod --protocol ollama --url http://10.0.0.5:8000',
    ],
    [
      'a name that an OpenAI server does not list',
      { ...openai, names: ['other'] },
      'pulled',
      'sluice models set qwen3-32b-prod --model other',
    ],
  ])('warns of %s', (_case, facts, check, command) => {
    expect(findingOf(facts, check)).toMatchObject({ level: 'warn', command });
    expect(examine(facts).some(({ level }) => level === 'broken')).toBe(false);
  });

  it.each<[string, Facts, string]>([
    ['a context of exactly 8192', withLoaded({ contextLength: 8192 }), 'context'],
    ['a first token after exactly 15 s', withTalk({ pieceMs: [15_000] }), 'first_token'],
    ['a 32B model in 64 GB', { ...healthy, memoryBytes: 64e9 }, 'memory'],
    ['a server that asks for a key', { ...openai, front: answer(401, '{"error":"no key"}') }, 'reachable'],
    [
      'a name without its tag',
      {
        ...healthy,
        subject: { ...healthy.subject, upstreamModel: 'qwen3' },
        names: ['qwen3:latest'],
      },
      'pulled',
    ],
  ])('accepts %s', (_case, facts, check) => {
    expect(findingOf(facts, check)).toMatchObject({ level: 'ok', command: null });
  });

  it.each<[string, Facts, string]>([
    ['memory of a 7B model', { ...healthy, parameterSize: '7.6B', memoryBytes: 16e9 }, 'memory'],
    ['memory of another machine', { ...healthy, memoryBytes: null }, 'memory'],
    ['streaming of a short answer', withTalk({ pieceMs: [100, 101] }), 'buffering'],
    ['the GPU of an idle Ollama', { ...healthy, loaded: [] }, 'gpu'],
  ])('says nothing about %s', (_case, facts, check) => {
    expect(examine(facts).map((finding) => finding.check)).not.toContain(check);
  });
});
