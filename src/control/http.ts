import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AdminFault, fieldsFault, invalid } from '../contract/fault.ts';
import { OPERATIONS, type Operation, type OperationId } from '../contract/operations.ts';
import type { Problem } from '../contract/problem.ts';
import { validate } from '../contract/validate.ts';
import type { Analysis, Cursors, Download } from '../ports/analysis.ts';
import { authorise, type Caller } from './change.ts';
import type { Control } from './control.ts';
import type { ControlCore } from './core.ts';
import { addJsonBodies, MAX_BODY_BYTES } from './http/body.ts';
import { callerOf } from './http/caller.ts';
import { createCursors } from './http/cursor.ts';
import { type Call, HANDLERS, type Handler } from './http/handlers.ts';
import { noteInAudit } from './http/note-in-audit.ts';
import { HttpFault, problemOf } from './http/problem.ts';
import { readQuery } from './http/query.ts';
import { sendFile } from './http/send-file.ts';
import { registerSignIn } from './http/sign-in.ts';

/** Below this everything is the admin API. */
export const ADMIN_PREFIX = '/admin/v1';
const SIGN_IN = `${ADMIN_PREFIX}/sign-in`;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export interface AdminOptions {
  /** Answers the operations that read the record of requests. */
  readonly analysis: Analysis;
  /** Told of every unexpected error; the answer names only its request id. */
  readonly onInternalError?: (error: unknown, requestId: string) => void;
}

/** Serves the admin API under `/admin/v1`, with parsers and error shapes of its own. Start the control plane first. */
export function registerAdmin(app: FastifyInstance, control: Control, options: AdminOptions): void {
  app.register(
    async (scope) => {
      const cursors = createCursors(control.core().secretBox);
      const handlers = { ...HANDLERS, ...options.analysis };
      const callers = new WeakMap<FastifyRequest, Caller>();
      // Before the body is read: strangers may not make us parse, and learn nothing about what exists.
      scope.addHook('onRequest', async (request) => {
        if (request.routeOptions.url === SIGN_IN) return;
        callers.set(
          request,
          callerOf(request, { access: control.access, sessions: control.core().sessions }),
        );
      });
      addJsonBodies(scope);
      registerSignIn(scope, { access: control.access, core: control.core });
      scope.setErrorHandler((error, request, reply) => {
        const problem = problemOf(error, request.id);
        if (problem.status === 500) options.onInternalError?.(error, request.id);
        return sendProblem(problem, reply);
      });
      scope.setNotFoundHandler(async (request) => {
        throw new AdminFault(
          'not_found',
          `there is no ${request.method} ${request.url.split('?')[0]}; see /docs`,
        );
      });
      for (const id of Object.keys(OPERATIONS) as OperationId[]) {
        const { method, path }: Operation = OPERATIONS[id];
        const url = path.replace(/\{(\w+)\}/g, ':$1');
        scope.route({
          method,
          url,
          bodyLimit: MAX_BODY_BYTES,
          exposeHeadRoute: false,
          handler: (request, reply) =>
            answer(id, handlers[id] as Handler<typeof id>, {
              core: control.core(),
              cursors,
              caller: callers.get(request),
              request,
              reply,
            }),
        });
      }
      refuseOtherMethods(scope);
    },
    { prefix: ADMIN_PREFIX },
  );
}

interface Exchange {
  readonly core: ControlCore;
  /** Absent only if the hook did not run, which Fastify rules out. */
  readonly caller: Caller | undefined;
  readonly cursors: Cursors;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** One authenticated request: may they, is it well-formed; then the verb; then its answer with the version as ETag. */
async function answer<K extends OperationId>(
  operationId: K,
  handler: Handler<K>,
  { core, caller, cursors, request, reply }: Exchange,
) {
  const operation: Operation = OPERATIONS[operationId];
  if (!caller) throw new AdminFault('missing_key', 'nobody was authenticated');
  authorise(caller, operationId);
  const query = readQuery(operation.query, request.query);
  const { id = '', item = '' } = request.params as { id?: string; item?: string };
  const call = {
    core,
    caller,
    role: caller.principal.role,
    cursors,
    id,
    item,
    query,
    body: readBody(operation, request.body),
    ifMatch: operation.conditional ? ifMatchOf(request) : null,
  };
  if (operation.audited) await noteInAudit({ core, caller, operationId, noted: notedOf(call) });
  const result = await handler(call as object as Call<K>); // query and body were checked against the schemas of this operation
  reply.header('cache-control', 'no-store');
  if (operation.contentType !== undefined) {
    return sendFile(result as object as Download, { core, caller, operationId, query, reply });
  }
  const version = versionOf(result as object);
  if (version !== null) reply.header('etag', `"${version}"`);
  if (operation.status === 201) {
    reply.header('location', `${ADMIN_PREFIX}${operation.path}/${(result as { id: string }).id}`);
  }
  return reply.code(operation.status ?? 200).send(result);
}

/** Whom or what it is about stands in the audit as a keyed digest: it may be a person who is to be forgotten. */
function notedOf({ core, id, query }: { core: ControlCore; id: string; query: object }): object {
  if (id === '') return query;
  return { ...query, id_digest: core.secretBox.digest('audit', id).toString('hex').slice(0, 32) };
}

function readBody(operation: Operation, body: unknown): unknown {
  if (!operation.body) {
    if (body === undefined || body === null) return undefined;
    if (typeof body === 'object' && Object.keys(body).length === 0) return undefined;
    throw invalid('', 'this operation takes no body');
  }
  const checked = validate(operation.body, body);
  if (checked.ok) return checked.value;
  throw fieldsFault(checked.errors);
}

/** The version that the caller has seen; `*` and no header say nothing. */
function ifMatchOf(request: FastifyRequest): number | null {
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return null;
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw invalid('If-Match', 'must be the ETag of an answer, such as "7"');
}

/** A resource's own version; the configuration's where the answer is about the whole of it. */
function versionOf(result: object): number | null {
  const { version, config_version: configVersion } = result as { version?: number; config_version?: number };
  return version ?? configVersion ?? null;
}

function refuseOtherMethods(scope: FastifyInstance): void {
  const paths = Map.groupBy(Object.values(OPERATIONS) as Operation[], (operation) => operation.path);
  for (const [path, operations] of paths) {
    const allowed = operations.map((operation) => operation.method);
    scope.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url: path.replace(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        reply.header('allow', allowed.join(', '));
        throw new HttpFault(
          'method_not_allowed',
          `${path} takes ${allowed.join(', ')}, not ${request.method}`,
        );
      },
    });
  }
}

function sendProblem(problem: Problem, reply: FastifyReply): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="sluice"');
  if (problem.status === 503) reply.header('retry-after', '1');
  return reply.code(problem.status).type('application/problem+json').send(problem);
}
