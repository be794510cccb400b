import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownTrouble } from './log-patterns.ts';
import { scanLog, scanLogFile } from './scan-log.ts';

const LINES: readonly (readonly [string, string | null])[] = [
  ['ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory', 'out_of_memory'],
  [
    'level=INFO msg="NewLlamaServer failed" error="model requires more system memory (20.4 GiB) than is available (9.1 GiB)"',
    'out_of_memory',
  ],
  ['llama runner process has terminated: signal: killed', 'runner_terminated'],
  [
    'model runner has unexpectedly stopped, this may be due to resource limitations or an internal error',
    'runner_terminated',
  ],
  ['load_tensors: offloaded 0/65 layers to GPU', 'cpu_fallback'],
  ['level=INFO source=gpu.go msg="no compatible GPUs were discovered"', 'cpu_fallback'],
  ['level=INFO msg="inference compute" id=cpu library=cpu', 'cpu_fallback'],
  ['load_tensors: offloaded 41/65 layers to GPU', 'partly_on_cpu'],
  ['load_tensors: offloaded 65/65 layers to GPU', null],
  ['level=WARN msg="truncating input prompt" limit=4096 prompt=9120 keep=4 new=4096', 'context_truncated'],
  ['server busy, please try again.  maximum pending requests exceeded', 'queue_full'],
  ['timed out waiting for llama runner to start - progress 0.31', 'load_timeout'],
  [
    '[GIN] 2025/11/03 - 10:11:12 | 500 |          1m0s |       127.0.0.1 | POST     "/api/chat"',
    'cut_after_60s',
  ],
  ['[GIN] 2025/11/03 - 10:11:12 | 200 |          1m0s |       127.0.0.1 | POST     "/api/chat"', null],
  ['[GIN] 2025/11/03 - 10:11:12 | 500 |        1m42s |       127.0.0.1 | POST     "/api/chat"', null],
  ['write /root/.ollama/models/blobs/x: no space left on device', 'disk_full'],
  ['Error: listen tcp 127.0.0.1:11434: bind: address already in use', 'port_taken'],
  ['level=INFO msg="Listening on 127.0.0.1:11434 (version 0.12.0)"', null],
];

describe('knownTrouble', () => {
  it.each(LINES)('%s', (line, check) => {
    expect(knownTrouble(line)?.check ?? null).toBe(check);
  });
});

describe('scanLog', () => {
  it('tells each trouble once, with how often and the last line', async () => {
    const findings = await scanLog([
      'fine',
      'CUDA error: out of memory 1',
      'offloaded 0/33 layers',
      'out of memory 2',
    ]);
    expect(findings.map(({ check, level }) => [check, level])).toEqual([
      ['out_of_memory', 'broken'],
      ['cpu_fallback', 'warn'],
    ]);
    expect(findings[0]?.what).toBe('the memory ran out (2 times in the log, last: out of memory 2)');
  });

  it('says so when there is nothing', async () => {
    expect(await scanLog(['fine'])).toMatchObject([{ check: 'ollama_log', level: 'ok' }]);
  });
});

describe('scanLogFile', () => {
  it('reads a file with any line ends, and rejects when there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'));
    try {
      writeFileSync(join(folder, 'ollama.log'), 'one\r\noffloaded 3/33 layers to GPU\r\n');
      expect(await scanLogFile(join(folder, 'ollama.log'))).toMatchObject([{ check: 'partly_on_cpu' }]);
      await expect(scanLogFile(join(folder, 'gone.log'))).rejects.toThrow('ENOENT');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
