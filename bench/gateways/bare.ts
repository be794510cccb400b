import type { Peer } from './gateway.ts';

/** The model server itself: what the machine, the generator and the loopback cost without a gateway. */
export const bare: Peer = {
  name: 'bare',
  protocols: ['openai', 'ollama'],
  prepare: async () => ({ version: 'bench/upstream.ts' }),
  start: async ({ upstreamPorts, upstreamPid }) => ({
    name: 'bare',
    port: upstreamPorts[0],
    pid: upstreamPid,
    readyMs: 0,
    headers: {},
    stop: async () => {},
  }),
};
