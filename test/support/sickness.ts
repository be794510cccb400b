import { json, stream } from './failing-rig.ts';
import { ollamaLine } from './frames.ts';
import type { Script } from './gateway-rig.ts';

/** A way in which an Ollama fails every request. */
export interface Sickness {
  readonly name: string;
  readonly script: Script;
  /** It says nothing more, so that only the model's own time limit ends it. */
  readonly hangs?: true;
}

export const FIRST_FRAME = ollamaLine('a');

/** Before the first frame: another model can still answer. */
export const EARLY: readonly Sickness[] = [
  { name: '500', script: json(500, '{"error":"boom"}') },
  { name: '401', script: json(401, '{"error":"no"}') },
  { name: '404', script: json(404, `{"error":"model 'm' not found"}`) },
  { name: 'a reset', script: (res) => void res.socket?.resetAndDestroy() },
  {
    name: 'an error frame that comes first',
    script: stream('{"error":"llama runner process has terminated"}\n'),
  },
  { name: 'an empty stream', script: stream() },
  { name: 'a hang', script: () => {}, hangs: true },
];

/** After the first frame: the client has begun to read. */
export const LATE: readonly Sickness[] = [
  {
    name: 'a reset after the first frame',
    script: (res) => void res.write(FIRST_FRAME, () => setTimeout(() => res.socket?.resetAndDestroy(), 5)),
  },
  {
    name: 'an error frame after the first',
    script: stream(FIRST_FRAME, '{"error":"llama runner process has terminated"}\n'),
  },
  { name: 'a stream without its end', script: stream(FIRST_FRAME) },
  {
    name: 'silence after the first frame',
    script: (res) => void res.writeHead(200, { 'content-type': 'application/x-ndjson' }).write(FIRST_FRAME),
    hangs: true,
  },
];
