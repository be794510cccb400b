import Type, { type TSchema } from 'typebox';
import type { Role } from '../domain/access.ts';
import { ALERT_OPERATIONS } from './alert-operations.ts';
import { ANALYSIS_OPERATIONS } from './analysis-operations.ts';
import { AuditPage } from './audit.ts';
import { BREAKER_OPERATIONS } from './breaker-operations.ts';
import { ConfigAnswer, ConfigChange, ConfigInput, VersionPage } from './config.ts';
import { CONSOLE_OPERATIONS } from './console-operations.ts';
import { EXPERIMENT_OPERATIONS } from './experiment-operations.ts';
import { ExplainAnswer, ExplainList, ExplainQuery, ExplainRequest } from './explain.ts';
import { PAGE, strict } from './fields.ts';
import { KeyInput, KeyMade, KeyPage } from './key.ts';
import { Deleted } from './model.ts';
import { MODEL_OPERATIONS } from './model-operations.ts';
import { REVIEW_OPERATIONS } from './review-operations.ts';
import { ROLLOUT_OPERATIONS } from './rollout-operations.ts';
import { Rollback, RouteAnswer, RouteChange, RouteInput, RoutePage, RoutePatch } from './route.ts';
import {
  IntentsAnswer,
  IntentsChange,
  IntentsInput,
  SettingsAnswer,
  SettingsChange,
  SettingsPatch,
} from './settings.ts';

/** One endpoint of the admin API. It cannot be registered without standing in this table. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/admin/v1`. */
  readonly path: string;
  /** The least role that may call it. */
  readonly role: Exclude<Role, 'chat'>;
  readonly summary: string;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Status of success; 200 unless told. */
  readonly status?: 201;
  readonly answer: TSchema;
  /** Takes `If-Match`. */
  readonly conditional?: true;
  /** Of a success that is no JSON but a file, sent while it is made; taking one leaves an audit entry unless told. */
  readonly contentType?: string;
  /** Leaves an audit entry although it changes no configuration. */
  readonly audited?: boolean;
}

const PageQuery = strict(PAGE);
const DryRun = strict({
  dry_run: Type.Optional(Type.Boolean({ description: 'only tell the differences, change nothing' })),
});

/** Every endpoint of `/admin/v1`: the source of registration, authorisation, validation and `openapi.json`. */
export const OPERATIONS = {
  ...MODEL_OPERATIONS,
  'routes.list': {
    method: 'GET',
    path: '/routes',
    role: 'viewer',
    summary: 'List routes',
    query: PageQuery,
    answer: RoutePage,
  },
  'routes.create': {
    method: 'POST',
    path: '/routes',
    role: 'operator',
    summary: 'Create a route; strategy and rules alone are enough',
    body: RouteInput,
    status: 201,
    answer: RouteChange,
  },
  'routes.get': {
    method: 'GET',
    path: '/routes/{id}',
    role: 'viewer',
    summary: 'Show a route',
    answer: RouteAnswer,
  },
  'routes.update': {
    method: 'PATCH',
    path: '/routes/{id}',
    role: 'operator',
    summary: 'Change fields of a route',
    body: RoutePatch,
    answer: RouteChange,
    conditional: true,
  },
  'routes.delete': {
    method: 'DELETE',
    path: '/routes/{id}',
    role: 'operator',
    summary: 'Remove a route',
    answer: Deleted,
    conditional: true,
  },
  'routes.disable': {
    method: 'POST',
    path: '/routes/{id}/disable',
    role: 'operator',
    summary: 'Send everyone to the stable model, at once',
    answer: RouteChange,
    conditional: true,
  },
  'routes.enable': {
    method: 'POST',
    path: '/routes/{id}/enable',
    role: 'operator',
    summary: 'Let the rules decide again',
    answer: RouteChange,
    conditional: true,
  },
  'routes.rollback': {
    method: 'POST',
    path: '/routes/{id}/rollback',
    role: 'operator',
    summary: 'Restore a route as it was in a configuration version',
    body: Rollback,
    answer: RouteChange,
    conditional: true,
  },
  'routes.explain': {
    method: 'GET',
    path: '/routes/{id}/explain',
    role: 'viewer',
    summary: 'Where one user falls, and why',
    query: ExplainQuery,
    answer: ExplainAnswer,
  },
  'routes.explain_list': {
    method: 'POST',
    path: '/routes/{id}/explain',
    role: 'viewer',
    summary: 'Where up to 10,000 users fall, and why',
    body: ExplainRequest,
    answer: ExplainList,
  },
  'config.get': {
    method: 'GET',
    path: '/config',
    role: 'viewer',
    summary: 'The whole configuration, secrets masked',
    answer: ConfigAnswer,
  },
  'config.replace': {
    method: 'PUT',
    path: '/config',
    role: 'admin',
    summary: 'Replace the whole configuration, all or nothing',
    query: DryRun,
    body: ConfigInput,
    answer: ConfigChange,
    conditional: true,
  },
  'config.versions': {
    method: 'GET',
    path: '/config/versions',
    role: 'viewer',
    summary: 'The kept configuration versions, newest first',
    query: PageQuery,
    answer: VersionPage,
  },
  'config.rollback': {
    method: 'POST',
    path: '/config/rollback',
    role: 'admin',
    summary: 'Restore the whole configuration of a version; secrets stay as they are',
    body: Rollback,
    answer: ConfigChange,
    conditional: true,
  },
  'settings.get': {
    method: 'GET',
    path: '/settings',
    role: 'viewer',
    summary: 'Show settings',
    answer: SettingsAnswer,
  },
  'settings.update': {
    method: 'PATCH',
    path: '/settings',
    role: 'admin',
    summary: 'Change settings, section by section',
    body: SettingsPatch,
    answer: SettingsChange,
    conditional: true,
  },
  'intents.get': {
    method: 'GET',
    path: '/intents',
    role: 'viewer',
    summary: 'Show intents',
    answer: IntentsAnswer,
  },
  'intents.replace': {
    method: 'PUT',
    path: '/intents',
    role: 'operator',
    summary: 'Replace the list of intents',
    body: IntentsInput,
    answer: IntentsChange,
    conditional: true,
  },
  'keys.list': {
    method: 'GET',
    path: '/keys',
    role: 'admin',
    summary: 'List keys',
    query: PageQuery,
    answer: KeyPage,
  },
  'keys.create': {
    method: 'POST',
    path: '/keys',
    role: 'admin',
    summary: 'Make a key; its text is shown once',
    body: KeyInput,
    status: 201,
    answer: KeyMade,
  },
  'keys.delete': {
    method: 'DELETE',
    path: '/keys/{id}',
    role: 'admin',
    summary: 'Revoke a key at once',
    answer: Deleted,
  },
  'audit.list': {
    method: 'GET',
    path: '/audit',
    role: 'operator',
    summary: 'Who changed what, newest first',
    query: PageQuery,
    answer: AuditPage,
  },
  ...EXPERIMENT_OPERATIONS,
  ...ALERT_OPERATIONS,
  ...BREAKER_OPERATIONS,
  ...CONSOLE_OPERATIONS,
  ...ROLLOUT_OPERATIONS,
  ...REVIEW_OPERATIONS,
  ...ANALYSIS_OPERATIONS,
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
