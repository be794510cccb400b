import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../contract/model.ts';
import type { Finding } from './finding.ts';
import { mergeViews } from './merge-views.ts';

const call = { ok: true, latency_ms: 812.4, first_token_ms: null, status: 200, error: null };
const good: CheckReport = { model_id: 'm', ok: true, plain: call, stream: { ...call, first_token_ms: 90.2 } };
const failed = (errorClass: string): CheckReport => ({
  ...good,
  ok: false,
  plain: { ...call, ok: false, error: { class: errorClass, message: 'no' } },
});
const finding = (check: string, level: Finding['level']): Finding => ({
  check,
  level,
  model: 'm',
  what: check,
  why: null,
  command: null,
});
const fine = finding('reachable', 'ok');
const dead = finding('reachable', 'broken');
const slow = finding('nginx_timeout', 'broken');

describe('mergeViews', () => {
  it.each<[string, Finding[] | null, CheckReport, string[]]>([
    ['both see it work', [fine], good, ['ok reachable', 'ok through_gateway']],
    ['only the gateway can reach it', [dead], good, ['ok through_gateway']],
    ['only the gateway may look', null, good, ['ok through_gateway']],
    [
      'it works now, but not while it was looked at',
      [fine, slow],
      good,
      ['ok reachable', 'broken nginx_timeout', 'ok through_gateway'],
    ],
    ['both see it dead: the cause is told once', [dead], failed('connection_refused'), ['broken reachable']],
    ['only the gateway cannot', [fine], failed('auth'), ['ok reachable', 'broken through_gateway']],
  ])('%s', (_case, direct, report, expected) => {
    expect(mergeViews('m', direct, report).map(({ check, level }) => `${level} ${check}`)).toEqual(expected);
  });
});
