import Type, { type TSchema } from 'typebox';

/** `x-form`: a pattern in words, for whom it is broken by. */
const ID_FORM = '1 to 100 letters, digits, dots, colons, - and _, the first a letter or digit';

/**
 * Fields that several schemas share. Model ids, route ids and aliases are one namespace. An id stands in URLs and
 * headers, so it has no slash and at most 100 characters (the longest path segment that the HTTP router takes); an alias is whatever a client sends as `model`: `qwen2:7b`, `Qwen/Qwen3-32B`.
 */
export const Id = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$',
  'x-form': ID_FORM,
  description: ID_FORM,
  examples: ['qwen3-32b-prod'],
});
export const Alias = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,254}$',
  'x-form': '1 to 255 letters, digits, dots, colons, slashes and - _ @ +, the first a letter or digit',
  description: 'a name that clients send as `model`, e.g. qwen2:7b or Qwen/Qwen3-32B',
  examples: ['qwen2:7b'],
});

/** Text on one line, shown to people. */
export const Line = (maxLength: number, minLength = 0) =>
  Type.String({
    minLength,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f]*$',
    'x-form': 'one line without control characters',
  });

/** A written duration within limits, which are durations themselves. */
export const DurationText = (minimum: string, maximum: string) =>
  Type.String({
    format: 'duration',
    'x-minimum': minimum,
    'x-maximum': maximum,
    description: `a duration such as "500ms", "120s", "30m", "2h" or "7d", from ${minimum} to ${maximum}`,
  });

export const Time = Type.String({ format: 'date-time', description: 'RFC 3339' });
export const UserId = Type.String({
  minLength: 1,
  maxLength: 512,
  description: '1–512 bytes, never normalised',
});
export const ConfigVersion = Type.Integer({ minimum: 0, description: 'number of the configuration version' });

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
/** An object without unknown fields. */
export const strict = <const P extends Record<string, TSchema>>(properties: P, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

/** Which page of a list. */
export const PAGE = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 1_024, description: '`next_cursor` of the page before' })),
};
/** A page of a list. */
export const Page = <S extends TSchema>(item: S) =>
  strict({ items: Type.Array(item), next_cursor: nullable(Type.String()) });

/** What every answer to a change carries besides the changed thing. */
export const CHANGE = {
  config_version: ConfigVersion,
  notes: Type.Optional(
    Type.Array(Type.String(), { description: 'what was decided on your behalf, one sentence each' }),
  ),
};

/** Fields of an answer that may come back in a PATCH, so that a document can be edited and returned. */
export const READ_ONLY = {
  id: Type.Optional(Id),
  version: Type.Optional(
    Type.Integer({ minimum: 0, description: 'as If-Match: another present version is 412' }),
  ),
  managed_by: Type.Optional(nullable(Type.Literal('file'))),
  config_version: Type.Optional(ConfigVersion),
};

/** What every resource of an answer carries. */
export const RESOURCE = {
  version: Type.Integer({ minimum: 0, description: 'configuration version of the last change; the ETag' }),
  managed_by: nullable(Type.Literal('file')),
};

/** Of a resource that no configuration version covers. */
export const OWN_VERSION = {
  version: Type.Integer({ minimum: 1, description: 'how often it was written; the ETag' }),
};
