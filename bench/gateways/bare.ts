import type { Peer } from './gateway.ts';

const PROTOCOLS = ['openai', 'ollama'] as const;

/** The model server itself: what the machine, the generator and the loopback cost without a gateway. */
export const bare: Peer = {
  name: 'bare',
  protocols: PROTOCOLS,
  prepare: async () => ({ version: 'bench/upstream.ts' }),
  start: async ({ upstreamPorts, upstreamPid }) => ({
    name: 'bare',
    protocols: PROTOCOLS,
    port: upstreamPorts[0],
    pid: upstreamPid,
    readyMs: 0,
    headers: {},
    stop: async () => {},
  }),
};
