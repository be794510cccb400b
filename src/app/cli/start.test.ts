import { describe, expect, it } from 'vitest';
import { readEnvironment, serverOptions } from './options.ts';
import { firstSteps, openBindNotice, welcome } from './start.ts';

const environment = readEnvironment({});
const server = {
  url: 'http://127.0.0.1:18789',
  adminKeyText: 'sluice_key',
  madeAdminKey: true,
  modelCount: 1,
  hasDefaultRoute: true,
  close: async () => {},
  drain: async () => {},
};

describe('welcome', () => {
  it('shows a new key once, and a curl line that reads it from its file', () => {
    const text = welcome(server, serverOptions({}, environment), 'sluice');
    expect(text).toContain('shown this once: sluice_key (kept in data/admin.key)');
    expect(text).toContain('Bearer $(cat data/admin.key)');
  });

  it('shows no call that nobody could answer, but the next step', () => {
    const first = welcome(
      { ...server, modelCount: 0, hasDefaultRoute: false },
      serverOptions({}, environment),
      'sluice',
    );
    expect(first).not.toContain('curl');
    expect(first).toContain('  Next      register a model');
    const second = welcome({ ...server, hasDefaultRoute: false }, serverOptions({}, environment), 'sluice');
    expect(second).not.toContain('curl');
    expect(second).toContain('sluice routes add support --default --rule MODEL=100');
  });

  it('never shows an old key, nor one from outside', () => {
    const old = welcome({ ...server, madeAdminKey: false }, serverOptions({}, environment), 'sluice');
    expect(old).not.toContain('sluice_key');
    const given = serverOptions({}, readEnvironment({ SLUICE_ADMIN_KEY: 'outside' }));
    const text = welcome({ ...server, madeAdminKey: false, adminKeyText: null }, given, 'sluice');
    expect(text).toContain('Bearer $SLUICE_ADMIN_KEY');
    expect(text).not.toContain('outside');
  });
});

describe('openBindNotice', () => {
  it('says what must be set before other machines can call', () => {
    const open = serverOptions({ host: '0.0.0.0' }, environment);
    expect(openBindNotice(open)).toContain('Set --allowed-hosts');
    const named = serverOptions({ host: '0.0.0.0', allowedHosts: 'chat.example.com' }, environment);
    expect(openBindNotice(named)).toContain('Callers may address it as chat.example.com');
  });
});

describe('firstSteps', () => {
  it('names the models that an Ollama has, as commands to copy', () => {
    expect(firstSteps(['qwen2:7b', 'hf.co/Qwen/Qwen3-32B:latest'], [], 'bin/sluice').split('\n')).toEqual([
      'No model is registered. Ollama on http://127.0.0.1:11434 has qwen2:7b, hf.co/Qwen/Qwen3-32B:latest; register what you want to serve:',
      '  bin/sluice models add qwen2-7b-stable --url http://127.0.0.1:11434 --model qwen2:7b',
      '  bin/sluice models add hf.co-qwen-qwen3-32b-candidate --url http://127.0.0.1:11434 --model hf.co/Qwen/Qwen3-32B:latest',
      'then send users to it:',
      '  bin/sluice routes add support --default --rule qwen2-7b-stable=80 --rule hf.co-qwen-qwen3-32b-candidate=20',
    ]);
  });

  it('starts a simulator where there is no Ollama, and pulls where it is empty', () => {
    expect(firstSteps(null, ['export SLUICE_URL=http://127.0.0.1:1'], 'sluice')).toMatch(
      /no Ollama answers[\s\S]*\n {2}sluice sim\n[\s\S]*\n {2}export SLUICE_URL=http:\/\/127\.0\.0\.1:1\n {2}sluice models add/,
    );
    expect(firstSteps([], [], 'sluice')).toContain('\n  ollama pull qwen2:7b\n');
  });

  it('runs nothing that a model name says', () => {
    expect(firstSteps(['x;reboot'], [], 'sluice')).toContain("--model 'x;reboot'");
  });
});
