import { describe, expect, it } from 'vitest';
import { checkContact } from './check-contact.ts';
import type { Answer, Facts } from './facts.ts';

const answer = (status: number, text: string, more: Partial<Answer> = {}): Answer => ({
  kind: 'answer',
  status,
  server: '',
  contentType: 'application/json',
  text,
  ...more,
});
const nginx = (status: number): Answer =>
  answer(status, '<html><hr><center>nginx</center></html>', {
    server: 'nginx/1.22.1',
    contentType: 'text/html',
  });
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
  names: null,
  loaded: [],
  parameterSize: null,
  largeBody: null,
  talk: null,
  memoryBytes: null,
};
const remote = {
  ...healthy,
  isLocal: false,
  subject: { ...healthy.subject, baseUrl: 'http://10.0.0.5:11434' },
};
const refused = { kind: 'none', code: 'ECONNREFUSED' } as const;

/** The healthy model behind a front door that answers otherwise than it should. */
const withFront = (front: Facts['front'], more: Partial<Facts> = {}): Facts => ({
  ...healthy,
  front,
  ollamaAt: null,
  ...more,
});

describe('checkContact', () => {
  it('is content with an Ollama, and with an OpenAI server that asks strangers for a key', () => {
    const openai = { ...healthy.subject, protocol: 'openai', baseUrl: 'http://10.0.0.5:8000/v1' } as const;
    for (const facts of [
      healthy,
      { ...healthy, subject: openai, front: answer(200, '{"object":"list","data":[]}') },
      { ...healthy, subject: openai, front: answer(401, '{"error":"no key"}') },
    ]) {
      expect(checkContact(facts)).toMatchObject({ check: 'reachable', level: 'ok', command: null });
    }
  });

  it.each<[string, Facts, string, string]>([
    ['nobody listens here', withFront(refused), 'reachable', 'ollama serve'],
    [
      'nobody listens there',
      { ...remote, front: refused, ollamaAt: null },
      'reachable',
      'OLLAMA_HOST=0.0.0.0 ollama serve',
    ],
    [
      'a wrong port beside an Ollama',
      { ...healthy, front: refused, ollamaAt: 'http://127.0.0.1:11434' },
      'wrong_port',
      'sluice models set qwen3-32b-prod --url http://127.0.0.1:11434',
    ],
    [
      'an unknown name',
      { ...remote, front: { kind: 'none', code: 'ENOTFOUND' }, ollamaAt: null },
      'reachable',
      'getent hosts 10.0.0.5',
    ],
    [
      'silence',
      { ...remote, front: { kind: 'none', code: 'TIMEOUT' }, ollamaAt: null },
      'reachable',
      'curl -m 5 http://10.0.0.5:11434/api/version',
    ],
    [
      "nginx's own 404",
      withFront(nginx(404)),
      'nginx_location',
      'location / { proxy_pass http://127.0.0.1:11434; }',
    ],
    [
      "Ollama's 404 under a path of another protocol",
      {
        ...healthy,
        subject: { ...healthy.subject, baseUrl: 'http://127.0.0.1:11434/v1' },
        front: answer(404, '404 page not found', { contentType: 'text/plain' }),
        ollamaAt: 'http://127.0.0.1:11434',
      },
      'wrong_path',
      'sluice models set qwen3-32b-prod --url http://127.0.0.1:11434',
    ],
    ["nginx's 502", withFront(nginx(502)), 'nginx_upstream', 'ollama serve'],
    [
      "Ollama's check of the Host header",
      withFront(answer(403, '')),
      'host_check',
      'proxy_set_header Host localhost;',
    ],
    [
      'a server of the other protocol',
      withFront(answer(404, '{"detail":"Not Found"}'), { speaksOpenai: true }),
      'wrong_protocol',
      'sluice models set qwen3-32b-prod --url http://127.0.0.1:8080/v1 --protocol openai',
    ],
    [
      'a stranger',
      {
        ...healthy,
        front: answer(200, '<html>', { server: 'Jetty', contentType: 'text/html' }),
        ollamaAt: null,
      },
      'wrong_port',
      'curl -i http://127.0.0.1:8080/api/version',
    ],
  ])('is broken: %s', (_case, facts, check, command) => {
    expect(checkContact(facts)).toMatchObject({ check, level: 'broken', model: 'qwen3-32b-prod', command });
  });
});
