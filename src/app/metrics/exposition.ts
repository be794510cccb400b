import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Metric, Registry } from 'prom-client';
import { METRICS } from './definitions.ts';
import type { Distribution } from './distribution.ts';
import type { Labels, MetricDefinition, MetricSources } from './metric-definition.ts';

/** The text of `/metrics`, made when somebody asks. */
export interface Exposition {
  text(): Promise<string>;
}

interface Value {
  readonly metricName: string;
  readonly labels: Labels;
  /** Labels that many values have in common: the registry writes them out once. */
  readonly sharedLabels?: Labels;
  readonly value: number;
}

export function createExposition(sources: MetricSources): Exposition {
  const registry = new Registry();
  for (const definition of METRICS) registry.registerMetric(metricOf(definition, sources));
  let inWork: Promise<string> | null = null; // one at a time: who asks meanwhile gets the same text
  return {
    text() {
      inWork ??= write(registry).finally(() => {
        inWork = null;
      });
      return inWork;
    },
  };
}

/** One metric a turn of the event loop: requests go on between them, and fifty models make thousands of lines. */
async function write(registry: Registry): Promise<string> {
  const parts: string[] = [];
  for (const { name } of METRICS) {
    parts.push(await registry.getSingleMetricAsString(name));
    await nextTurn();
  }
  return `${parts.join('\n\n')}\n`;
}

/**
 * A metric that is read from plain numbers. Those of prom-client hash their labels at each observation, which costs more
 * than all else that is counted here; its registry asks a metric for nothing but `get()`.
 */
function metricOf(definition: MetricDefinition, sources: MetricSources): Metric {
  const { name, help, type } = definition;
  const get = async () => ({
    name,
    help,
    type,
    aggregator: 'sum',
    values: await valuesOf(definition, sources),
  });
  return { name, help, type, aggregator: 'sum', get } as unknown as Metric;
}

async function valuesOf(definition: MetricDefinition, sources: MetricSources): Promise<Value[]> {
  const { name } = definition;
  if (definition.type === 'histogram') {
    return definition
      .read(sources)
      .flatMap(([labels, distribution]) => bucketsOf(name, labels, distribution));
  }
  const samples = await definition.read(sources);
  return samples.map(([labels, value]) => ({ metricName: name, labels, value }));
}

/** Buckets as Prometheus counts them: each with all that is below it. */
function bucketsOf(name: string, labels: Labels, { bounds, counts, sum }: Distribution): Value[] {
  let total = 0;
  const buckets = counts.map((count, at): Value => {
    total += count;
    const le = String(bounds[at] ?? '+Inf');
    return { metricName: `${name}_bucket`, labels: { le }, sharedLabels: labels, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
