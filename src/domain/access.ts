/** What a credential may do. Every role includes the ones before it, except that `chat` opens no admin page. */
export const ROLES = ['chat', 'viewer', 'analyst', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who is calling. There is no anonymous principal by accident: it is made only where the setting allows it. */
export interface Principal {
  /** Id of the key, `anonymous`, or `admin` for the key given from outside. Safe to log. */
  readonly credentialId: string;
  readonly name: string;
  readonly role: Role;
  /** May name a model instead of a route. */
  readonly mayOverride: boolean;
}

/** True when `role` is allowed what `needed` is allowed. */
export function allows(role: Role, needed: Role): boolean {
  if (needed === 'chat') return role === 'chat' || role === 'admin';
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
