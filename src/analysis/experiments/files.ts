import type { ExperimentReport, ReportFileQuery } from '../../contract/experiment-report.ts';
import { type Column, csvHead, csvRow } from '../../domain/csv.ts';
import type { Download } from '../../ports/analysis.ts';
import type { AnalysisCore } from '../core.ts';
import { toHtml, toMarkdown } from './document.ts';
import { experimentReport } from './report.ts';
import { writeUp } from './write-up.ts';

interface FileQuestion {
  readonly id: string;
  readonly query: ReportFileQuery;
}

/** A report as a file that can be sent to a colleague. */
export async function reportMarkdown(core: AnalysisCore, { id, query }: FileQuestion): Promise<Download> {
  const report = await experimentReport(core, id);
  return file(`${id}.md`, toMarkdown(writeUp(report, query.language ?? 'en')));
}

export async function reportHtml(core: AnalysisCore, { id, query }: FileQuestion): Promise<Download> {
  const report = await experimentReport(core, id);
  const language = query.language ?? 'en';
  return file(`${id}.html`, toHtml(writeUp(report, language), { title: report.name, language }));
}

/** A line for each metric and arm. */
export async function reportCsv(core: AnalysisCore, id: string): Promise<Download> {
  const { metrics } = await experimentReport(core, id);
  return file(`${id}.csv`, csvHead(COLUMNS) + metrics.map((row) => csvRow(COLUMNS, row)).join(''));
}

type Line = ExperimentReport['metrics'][number];
const ofLine = (
  name: 'metric' | 'role' | 'arm' | 'verdict' | 'because' | 'guardrail' | 'target',
): Column<Line> => ({
  name,
  value: (row) => row[name],
});
const ofNumbers = (
  name: 'control' | 'treatment' | 'p_sequential' | 'p_final' | 'users' | 'users_needed',
): Column<Line> => ({
  name,
  value: ({ numbers }) => numbers?.[name] ?? null,
});
const ofEffect = (name: 'scale' | 'value' | 'lo' | 'hi' | 'confidence'): Column<Line> => ({
  name,
  value: ({ numbers }) => numbers?.effect[name] ?? null,
});
const COLUMNS: readonly Column<Line>[] = [
  ofLine('metric'),
  ofLine('role'),
  ofLine('arm'),
  ofLine('verdict'),
  ofLine('because'),
  ofNumbers('control'),
  ofNumbers('treatment'),
  ofEffect('scale'),
  ofEffect('value'),
  ofEffect('lo'),
  ofEffect('hi'),
  ofEffect('confidence'),
  ofNumbers('p_sequential'),
  ofNumbers('p_final'),
  ofNumbers('users'),
  ofNumbers('users_needed'),
  ofLine('guardrail'),
  ofLine('target'),
  { name: 'sentence', value: ({ said }) => said.en },
];

/** An id has no sign that could end the name. */
function file(name: string, text: string): Download {
  async function* chunks() {
    yield text;
  }
  return { headers: { 'content-disposition': `attachment; filename="${name}"` }, chunks: chunks() };
}
