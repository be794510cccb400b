import type { AnalysisOperationId } from '../contract/analysis-operations.ts';
import type { AnswerOf, BodyOf, QueryOf } from '../contract/operation-parts.ts';
import type { Role } from '../domain/access.ts';

/** Places in lists as opaque text that nobody else can make; a cursor of one list is none of another. */
export interface Cursors {
  write(list: string, after: string): string;
  /** Throws AdminFault for a text that is no cursor of this list. */
  read(list: string, cursor: string): string;
}

/** One validated request to one operation that reads the record. */
export interface Question<K extends AnalysisOperationId> {
  /** Of the path; empty where it has none. */
  readonly id: string;
  readonly query: QueryOf<K>;
  readonly body: BodyOf<K>;
  /** Of the caller. */
  readonly role: Role;
  readonly cursors: Cursors;
}

/** A file that is made while it is sent. Whoever stops reading early returns the iterator, and the making ends. */
export interface Download {
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

type FileId =
  | 'export.requests'
  | 'export.sessions'
  | 'experiments.report_csv'
  | 'experiments.report_md'
  | 'experiments.report_html';

/**
 * The answers of the analysis plane, by operation. Throw AdminFault for a question that makes no sense, IndexUnavailable
 * while the index cannot answer.
 */
export type Analysis = {
  readonly [K in AnalysisOperationId]: (
    question: Question<K>,
  ) => Promise<K extends FileId ? Download : AnswerOf<K>>;
};
