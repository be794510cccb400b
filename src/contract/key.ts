import Type, { type Static } from 'typebox';
import { ROLES } from '../domain/access.ts';
import { ConfigVersion, Line, Page, strict, Time } from './fields.ts';

const Role = Type.Enum(ROLES);

export const KeyInput = strict({
  name: Line(128, 1),
  role: Role,
  may_override: Type.Optional(
    Type.Boolean({ default: true, description: 'may name a model instead of a route' }),
  ),
});
export type KeyInput = Static<typeof KeyInput>;

export const KeyAnswer = strict({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  may_override: Type.Boolean(),
  created_at: Time,
  version: Type.Literal(1, { description: 'a key never changes: it is made and revoked' }),
});
export type KeyAnswer = Static<typeof KeyAnswer>;
export const KeyPage = Page(KeyAnswer);
export const KeyMade = strict({
  ...KeyAnswer.properties,
  key: Type.String({ description: 'shown in this answer and never again', examples: ['sluice_01jd…_…'] }),
  config_version: ConfigVersion,
});
export type KeyMade = Static<typeof KeyMade>;
