import type { TSchema } from 'typebox';
import { ANALYSIS_OPERATIONS } from './analysis-operations.ts';
import { ENDPOINTS, type Endpoint } from './endpoints.ts';
import { NAMED_SCHEMAS } from './named-schemas.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { Problem } from './problem.ts';

interface Json {
  [name: string]: unknown;
}

/** The OpenAPI 3.1 document of the whole public interface; the same input gives the same bytes. */
export function buildOpenApi(version: string): object {
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, described: Json): void => {
    paths[path] = { ...paths[path], [method]: described };
  };
  for (const endpoint of ENDPOINTS) add(endpoint.path, endpoint.method, describeEndpoint(endpoint));
  for (const [id, operation] of Object.entries<Operation>(OPERATIONS)) {
    add(`/admin/v1${operation.path}`, operation.method.toLowerCase(), describeOperation(id, operation));
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Self-hosted release gateway for chat models: chat endpoints of three protocols, and the admin API.',
    },
    servers: [{ url: 'http://127.0.0.1:18789' }],
    security: [{ bearer: [] }, { api_key: [] }],
    tags: [...new Set([...ENDPOINTS.map(({ tag }) => tag), ...Object.keys(OPERATIONS).map(tagOf)])].map(
      (name) => ({ name }),
    ),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        api_key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
      schemas: namedSchemas(),
    },
  };
  return withReferences(document) as object;
}

const NAMES = new Map<unknown, string>(Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [schema, name]));

/** Plain JSON in which every named schema is a reference. Goes through JSON to drop what TypeBox keeps beside it. */
function withReferences(value: unknown): unknown {
  const refer = (_key: string, part: unknown): unknown => {
    const name = NAMES.get(part);
    return name === undefined ? part : { $ref: `#/components/schemas/${name}` };
  };
  return JSON.parse(JSON.stringify(value, refer));
}

/** The named schemas themselves; a copy of the outermost object is no reference to itself. */
function namedSchemas(): Json {
  const entries = Object.entries(NAMED_SCHEMAS);
  return Object.fromEntries(entries.map(([name, schema]) => [name, withReferences({ ...schema })]));
}

function tagOf(operationId: string): string {
  const noun = operationId.split('.')[0] ?? '';
  return `Admin: ${noun}`;
}

function describeOperation(id: string, operation: Operation): Json {
  const failures = ['400', '401', '403', ...(operation.path.includes('{') ? ['404'] : [])];
  if (operation.method !== 'GET') failures.push('409');
  if (operation.conditional) failures.push('412');
  if (id in ANALYSIS_OPERATIONS) failures.push('503');
  return {
    operationId: id.replace('.', '_'),
    tags: [tagOf(id)],
    summary: operation.summary,
    description: `Needs the role ${operation.role} or a higher one.`,
    ...parametersOf(operation.path, operation.query, operation.conditional === true),
    ...bodyOf(operation.body),
    responses: {
      [operation.status ?? 200]: {
        description: 'Done',
        content: { [operation.contentType ?? 'application/json']: { schema: operation.answer } },
      },
      ...Object.fromEntries(
        failures.map((status) => [
          status,
          { description: 'Refused', content: { 'application/problem+json': { schema: Problem } } },
        ]),
      ),
    },
  };
}

function describeEndpoint(endpoint: Endpoint): Json {
  const { answer, error, contentType = 'application/json' } = endpoint;
  const streamed = endpoint.tag === 'Service' ? {} : { 'text/event-stream': { schema: { type: 'string' } } };
  const streams = endpoint.path === '/v1/chat' || endpoint.path === '/v1/chat/completions';
  const schema = answer ?? (contentType.startsWith('text/') ? { type: 'string' } : { type: 'object' });
  return {
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.tag === 'Service' && { security: [] }),
    ...parametersOf(endpoint.path, undefined, false),
    ...bodyOf(endpoint.body),
    responses: {
      [endpoint.status ?? 200]: {
        description: 'Done',
        content: { [contentType]: { schema }, ...(streams && streamed) },
      },
      ...(error && {
        default: {
          description: "Refused, in the protocol's shape",
          content: { 'application/json': { schema: error } },
        },
      }),
    },
  };
}

function bodyOf(body: TSchema | undefined): Json {
  return body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {};
}

function parametersOf(path: string, query: TSchema | undefined, conditional: boolean): Json {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const { properties = {}, required = [] } = (query ?? {}) as { properties?: Json; required?: string[] };
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  const ifMatch = {
    name: 'If-Match',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description: 'ETag of the version that you have seen; 412 when it is not the present one',
  };
  const parameters = [...inPath, ...inQuery, ...(conditional ? [ifMatch] : [])];
  return parameters.length > 0 ? { parameters } : {};
}
