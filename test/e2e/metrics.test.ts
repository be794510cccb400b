import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/app/metrics/definitions.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const scrape = async (): Promise<string> => {
  const answer = await fetch(`${world.sluice.url}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return answer.text();
};
const figureOf = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1) ?? Number.NaN,
  );

describe('GET /metrics', () => {
  it('counts what was served, needs no key, and names no user', async () => {
    await world.asker.ask({ door: 'openai', userId: 'uid_123456', stream: true });
    await world.asker.ask({ door: 'ollama', userId: 'alice' });
    await world.asker.ask({ door: 'chat', more: { model_id: 'nobody' } });
    const text = await scrape();
    expect(figureOf(text, `sluice_requests_total{model_id="${CANDIDATE}",outcome="ok",error_class=""}`)).toBe(
      1,
    );
    expect(figureOf(text, `sluice_requests_total{model_id="${STABLE}",outcome="ok",error_class=""}`)).toBe(1);
    expect(figureOf(text, `sluice_assignments_total{route_id="support",model_id="${CANDIDATE}"}`)).toBe(1);
    expect(figureOf(text, `sluice_route_share{route_id="support",model_id="${STABLE}"}`)).toBe(0.8);
    const labels = `{gen_ai_operation_name="chat",gen_ai_request_model="${CANDIDATE}"}`;
    expect(figureOf(text, `gen_ai_server_time_to_first_token_seconds_count${labels}`)).toBe(1);
    expect(figureOf(text, 'sluice_journal_dropped_total')).toBe(0);
    expect(figureOf(text, 'sluice_journal_writable')).toBe(1);
    expect(figureOf(text, 'sluice_open_calls')).toBe(0);
    expect(text).not.toMatch(/alice|uid_123456|ses_/);
  });

  it('is the same text for all who ask at once', async () => {
    const texts = await Promise.all([scrape(), scrape(), scrape()]);
    for (const text of texts) expect(text).toContain('sluice_config_version 3\n');
  });
});

describe('the dashboards in deploy/grafana', () => {
  const folder = new URL('../../deploy/grafana/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const known = new Set(
    METRICS.flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );

  it.for(files)('%s asks for metrics that exist, each in a panel with a title', (file) => {
    const { panels, uid } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    expect(uid).toBe('sluice');
    const asked = new Set<string>();
    for (const panel of panels) {
      expect(panel.title, JSON.stringify(panel)).toMatch(/\S/);
      for (const { expr } of panel.targets ?? []) {
        for (const [name] of expr.matchAll(/\b(?:sluice|gen_ai|process)_[a-z_]+(?=\{)/g)) asked.add(name);
      }
    }
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    const shown = METRICS.filter(({ name }) => [...asked].some((one) => one.startsWith(name)));
    expect(METRICS.filter((metric) => !shown.includes(metric)).map(({ name }) => name)).toEqual([]);
  });

  it('are there', () => {
    expect(files).toEqual(['sluice.json']);
  });
});
