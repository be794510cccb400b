import type { Analysis } from '../ports/analysis.ts';
import type { AnalysisCore } from './core.ts';
import { eraseUser } from './erase-user.ts';
import { errors } from './errors.ts';
import { reportCsv, reportHtml, reportMarkdown } from './experiments/files.ts';
import { planReport } from './experiments/plan.ts';
import { experimentReport } from './experiments/report.ts';
import { exportRequests, exportSessions } from './export.ts';
import { indexReport, rebuildIndex } from './index-report.ts';
import { modelTable } from './model-table.ts';
import { requests } from './requests.ts';
import { series } from './series.ts';
import { sessionStory } from './session-story.ts';
import { sessions } from './sessions.ts';
import { warnings } from './warnings.ts';

/** The analysis plane: what the record of requests tells, a file a question. */
export function createAnalysis(core: AnalysisCore): Analysis {
  return {
    'metrics.models': ({ query }) => modelTable(core, query),
    'metrics.series': ({ query }) => series(core, query),
    'requests.list': (question) => requests(core, question),
    'sessions.list': (question) => sessions(core, question),
    'sessions.get': (question) => sessionStory(core, question),
    'errors.list': (question) => errors(core, question),
    'export.requests': (question) => exportRequests(core, question),
    'export.sessions': (question) => exportSessions(core, question),
    'experiments.report': ({ id }) => experimentReport(core, id),
    'experiments.report_csv': ({ id }) => reportCsv(core, id),
    'experiments.report_md': (question) => reportMarkdown(core, question),
    'experiments.report_html': (question) => reportHtml(core, question),
    'experiments.plan': ({ body }) => planReport(core, body),
    'warnings.list': () => warnings(core),
    'index.get': () => indexReport(core),
    'index.rebuild': () => rebuildIndex(core),
    'users.erase': ({ id }) => eraseUser(core, id),
  };
}
