import Type, { type Static } from 'typebox';
import { ConfigVersion, nullable, Page, strict, Time } from './fields.ts';

export const AuditEntry = strict({
  id: Type.Integer(),
  at: Time,
  actor: Type.String({
    description: 'id of the key; `admin` for SLUICE_ADMIN_KEY, `file` for SLUICE_CONFIG',
  }),
  actor_name: Type.String(),
  role: Type.String(),
  ip: nullable(Type.String()),
  action: Type.String({ examples: ['routes.disable'] }),
  resource: Type.String({ examples: ['routes/support'] }),
  before: Type.Unknown({ description: 'the fields that changed, secrets masked; whole for a deletion' }),
  after: Type.Unknown({ description: 'the fields that changed, secrets masked; whole for a creation' }),
  request_id: nullable(Type.String()),
  config_version: ConfigVersion,
});
export type AuditEntry = Static<typeof AuditEntry>;
export const AuditPage = Page(AuditEntry);
