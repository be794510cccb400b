import Type, { type Static } from 'typebox';
import { ROLES } from '../domain/access.ts';
import { nullable, strict, Time } from './fields.ts';

/** `POST /sign-in`: the one operation without a credential in a header. */
export const SignIn = strict({
  key: Type.String({ minLength: 1, maxLength: 512, description: 'a key of any role but `chat`' }),
});
export type SignIn = Static<typeof SignIn>;

/** Who is signed in to the console. */
export const SessionAnswer = strict({
  key_id: Type.String(),
  key_name: Type.String(),
  role: Type.Enum(ROLES),
  expires_at: Time,
});
export type SessionAnswer = Static<typeof SessionAnswer>;

/** `GET /sign-in`: nobody is no error, because every visit begins so. */
export const SignedIn = strict({ session: nullable(SessionAnswer) });
export type SignedIn = Static<typeof SignedIn>;

/** With it the console tries models as any client does: its cookie opens no chat endpoint. */
export const ChatKey = strict({
  key: Type.String({ description: 'of the role `chat`; ends with the session, and is kept nowhere' }),
});

export const SessionEnded = strict({
  ended: Type.Boolean({ description: 'false where a key was used: it has no session to end' }),
});

/** What every unsafe request with the console's cookie carries besides it; no other site's page can send it. */
export const CONSOLE_HEADER = 'x-sluice-console';
