import Type from 'typebox';
import {
  ErrorPage,
  ErrorQuery,
  IndexReport,
  MetricSeries,
  ModelTable,
  ModelTableQuery,
  RequestExportQuery,
  RequestPage,
  RequestQuery,
  SeriesQuery,
  SessionExportQuery,
  SessionPage,
  SessionQuery,
  SessionStory,
  WarningList,
} from './analysis.ts';
import { UserDataErased } from './erasure.ts';
import { ExperimentPlan, ExperimentReport, PlanRequest, ReportFileQuery } from './experiment-report.ts';

const Csv = Type.String({ description: 'UTF-8 with BOM, RFC 4180; no cell can start a formula' });
const csv = { role: 'viewer', answer: Csv, contentType: 'text/csv; charset=utf-8' } as const;
const question = { method: 'GET', role: 'viewer' } as const;

/** The part of the admin API that is about what requests left behind. */
export const ANALYSIS_OPERATIONS = {
  'metrics.models': {
    ...question,
    path: '/metrics/models',
    summary: 'Every model that was called in a time: the metrics, errors by class',
    query: ModelTableQuery,
    answer: ModelTable,
  },
  'metrics.series': {
    ...question,
    path: '/metrics/series',
    summary: 'One metric over time, a line for each model',
    query: SeriesQuery,
    answer: MetricSeries,
  },
  'requests.list': {
    ...question,
    path: '/requests',
    summary: 'Requests, newest first; of the last 24 hours unless told',
    query: RequestQuery,
    answer: RequestPage,
  },
  'sessions.list': {
    ...question,
    path: '/sessions',
    summary: 'Sessions, newest first; of the last 24 hours unless told',
    query: SessionQuery,
    answer: SessionPage,
  },
  'sessions.get': {
    ...question,
    path: '/sessions/{id}',
    summary: 'One session with its rounds, by its instance or its id; texts for the role analyst',
    answer: SessionStory,
  },
  'errors.list': {
    ...question,
    path: '/errors',
    summary:
      'Failed requests, and attempts that a fallback made good, newest first; with a class, also refused and aborted requests of it',
    query: ErrorQuery,
    answer: ErrorPage,
  },
  'export.requests': {
    ...question,
    ...csv,
    path: '/export/requests.csv',
    summary: 'Requests as CSV, oldest first; all that are kept unless told',
    query: RequestExportQuery,
  },
  'export.sessions': {
    ...question,
    ...csv,
    path: '/export/sessions.csv',
    summary: 'Sessions as CSV, oldest first; all that are kept unless told',
    query: SessionExportQuery,
  },
  'experiments.report': {
    ...question,
    path: '/experiments/{id}/report',
    summary: 'What an experiment says now: verdicts, health, decision; looking often is safe',
    answer: ExperimentReport,
  },
  'experiments.report_csv': {
    ...question,
    ...csv,
    path: '/experiments/{id}/report.csv',
    summary: 'The same as CSV, a line for each metric and arm',
  },
  'experiments.report_md': {
    ...question,
    path: '/experiments/{id}/report.md',
    summary: 'The same as Markdown, for a colleague',
    query: ReportFileQuery,
    answer: Type.String(),
    contentType: 'text/markdown; charset=utf-8',
  },
  'experiments.report_html': {
    ...question,
    path: '/experiments/{id}/report.html',
    summary: 'The same as one HTML file, for a colleague',
    query: ReportFileQuery,
    answer: Type.String(),
    contentType: 'text/html; charset=utf-8',
  },
  'experiments.plan': {
    method: 'POST',
    role: 'viewer',
    path: '/experiments/plan',
    summary: 'Users and days that an experiment needs at the present traffic, and what its time can show',
    body: PlanRequest,
    answer: ExperimentPlan,
  },
  'warnings.list': {
    ...question,
    path: '/warnings',
    summary: 'What makes figures or routing worth less than they look, and what mends it',
    answer: WarningList,
  },
  'index.get': {
    ...question,
    path: '/index',
    summary: 'How far the index of the journal is; it answers all questions about requests',
    answer: IndexReport,
  },
  'index.rebuild': {
    method: 'POST',
    role: 'operator',
    audited: true,
    path: '/index/rebuild',
    summary: 'Delete the index and make it again from the journal; one that is being made goes on',
    answer: IndexReport,
  },
  'users.erase': {
    method: 'DELETE',
    role: 'admin',
    audited: true,
    path: '/users/{id}/data',
    summary: 'Remove what a user said and who it was from all that is kept; figures stay as they are',
    answer: UserDataErased,
  },
} as const;

export type AnalysisOperationId = keyof typeof ANALYSIS_OPERATIONS;
