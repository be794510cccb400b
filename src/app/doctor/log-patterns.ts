/** A line of Ollama's log, or the text of one of its errors, that is known to mean trouble. */
export interface KnownLine {
  readonly check: string;
  readonly level: 'warn' | 'broken';
  readonly pattern: RegExp;
  readonly what: string;
  readonly why: string;
  readonly command: string | null;
}

/** The first pattern that fits counts. Words: Ollama's `llm/status.go`, its server log, and llama.cpp's loader. */
export const KNOWN_LINES: readonly KnownLine[] = [
  {
    check: 'out_of_memory',
    level: 'broken',
    pattern:
      /out of (?:device )?memory|(?:cuda|hip)malloc failed|failed to allocate|not enough memory|insufficient memory|requires more system memory|unable to allocate|erroroutofmemory/i,
    what: 'the memory ran out',
    why: 'weights, context and parallel requests did not fit together',
    command: 'OLLAMA_NUM_PARALLEL=1 OLLAMA_MAX_LOADED_MODELS=1 ollama serve',
  },
  {
    check: 'runner_terminated',
    level: 'broken',
    pattern:
      /(?:runner|server) process (?:has terminated|no longer running)|model runner has unexpectedly stopped|llama-server process has terminated/i,
    what: 'the process that computes the model died',
    why: 'most often the kernel killed it for its memory, or the GPU driver failed; the kernel log says which',
    command: "sudo dmesg -T | grep -iE 'oom|killed process|nvrm|xid'",
  },
  {
    check: 'cpu_fallback',
    level: 'warn',
    pattern: /offloaded 0\/\d+ layers|no compatible gpus were discovered|inference compute.*library=cpu/i,
    what: 'a model was loaded onto the CPU',
    why: 'Ollama found no usable GPU, or its memory was full',
    command: 'nvidia-smi && sudo systemctl restart ollama',
  },
  {
    check: 'partly_on_cpu',
    level: 'warn',
    pattern: /offloaded (?!(\d+)\/\1 )\d+\/\d+ layers/i,
    what: 'a model was loaded only partly onto the GPU',
    why: 'weights and context did not fit into its memory',
    command: 'OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0 ollama serve',
  },
  {
    check: 'context_truncated',
    level: 'warn',
    pattern: /truncating input prompt|input prompt (?:was )?truncated|context limit hit - shifting/i,
    what: 'conversations were cut off at the beginning',
    why: 'they were longer than the context; Ollama gives no error for that',
    command: 'OLLAMA_CONTEXT_LENGTH=8192 ollama serve',
  },
  {
    check: 'queue_full',
    level: 'warn',
    pattern: /maximum pending requests exceeded/i,
    what: 'requests were turned away because the queue was full',
    why: 'more users than this server computes at once; the limit max_concurrent of the model in Sluice queues them earlier',
    command: 'OLLAMA_NUM_PARALLEL=4 ollama serve',
  },
  {
    check: 'load_timeout',
    level: 'broken',
    pattern: /timed out waiting for llama[ -](?:runner|server) to start/i,
    what: 'a model did not load in time',
    why: 'the disk is slow, or the memory is short',
    command: 'OLLAMA_LOAD_TIMEOUT=15m ollama serve',
  },
  {
    check: 'cut_after_60s',
    level: 'warn',
    pattern: /\[GIN\].*\|\s*(?:499|500)\s*\|\s*(?:1m0(?:\.\d+)?s|59\.9\d*s|60(?:\.\d+)?s)\s*\|/,
    what: 'requests were cut off after 60 s',
    why: 'that is the limit of an nginx that was not told otherwise',
    command: 'proxy_read_timeout 3600s;',
  },
  {
    check: 'disk_full',
    level: 'broken',
    pattern: /no space left on device/i,
    what: 'the disk is full',
    why: 'models are several gigabytes each; `ollama rm NAME` frees them',
    command: 'ollama list',
  },
  {
    check: 'port_taken',
    level: 'warn',
    pattern: /listen tcp .*: bind: address already in use/i,
    what: 'an Ollama could not start because its port was taken',
    why: 'a second one runs, often the system service beside `ollama serve` in a terminal',
    command: 'systemctl status ollama',
  },
];

/** What is known about an error text; null when nothing is. */
export function knownTrouble(text: string): KnownLine | null {
  return KNOWN_LINES.find((known) => known.pattern.test(text)) ?? null;
}
