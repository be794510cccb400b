import type { Static, TSchema } from 'typebox';
import type { OPERATIONS, OperationId } from './operations.ts';

type Part<K extends OperationId, P extends string> =
  (typeof OPERATIONS)[K] extends Readonly<Record<P, infer S extends TSchema>> ? Static<S> : undefined;

/** What an operation takes and gives, as its schemas say; undefined where it has no such part. */
export type QueryOf<K extends OperationId> = Part<K, 'query'>;
export type BodyOf<K extends OperationId> = Part<K, 'body'>;
export type AnswerOf<K extends OperationId> = Part<K, 'answer'>;
