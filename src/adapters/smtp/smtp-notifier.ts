import { connect, type Socket } from 'node:net';
import type { Transporter } from 'nodemailer';
import { isForbiddenAddress } from '../../contract/base-url.ts';
import type { EmailChannel } from '../../domain/alert-channel.ts';
import { isIn, parseAddress, parseNetwork } from '../../domain/network.ts';
import { ATTEMPT_LIMIT_MS, type Attempt, type Notification, type Notifier } from '../../ports/notifier.ts';
import { lookupOf, type Resolve, systemResolve } from '../system/resolve.ts';

export interface SmtpNotifierOptions {
  readonly resolve?: Resolve;
  readonly limitMs?: number;
}

/** How long a server that does not close is waited for once all is said. */
const CLOSE_MS = 1_000;
const LOOPBACK = ['127.0.0.0/8', '::1'].flatMap((text) => parseNetwork(text) ?? []);

/** Sends mail over SMTP, one connection a message. The library is loaded when it is needed first. */
export function createSmtpNotifier(options: SmtpNotifierOptions = {}): Notifier<EmailChannel> {
  const { resolve = systemResolve, limitMs = ATTEMPT_LIMIT_MS } = options;
  let loading: Promise<typeof import('nodemailer')> | null = null;
  const load = (): Promise<typeof import('nodemailer')> => {
    loading ??= import('nodemailer');
    return loading;
  };

  const sendWithin = async (
    { to, smtp }: EmailChannel,
    notification: Notification,
    signal: AbortSignal,
  ): Promise<Attempt> => {
    const addresses = await resolve(smtp.host.replace(/^\[|\]$/g, ''));
    const forbidden = addresses.find(isForbiddenAddress);
    if (forbidden !== undefined) {
      return { ok: false, isFinal: true, message: `smtp.host leads to ${forbidden}, which is refused` };
    }
    const { createTransport } = await load();
    signal.throwIfAborted();
    const transport = transportTo(smtp, { createTransport, addresses, signal });
    const sent = await transport.sendMail({ ...mailOf(notification, smtp.from), to: [...to], signal });
    const refused = sent.rejected?.length ?? 0;
    return { ok: true, note: refused === 0 ? null : `${refused} of ${to.length} recipients were refused` };
  };

  return {
    async send(channel, notification) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const signal = AbortSignal.timeout(limitMs);
      signal.addEventListener('abort', () => reject(new Error(`not done within ${limitMs} ms`)), {
        once: true,
      });
      try {
        return await Promise.race([sendWithin(channel, notification, signal), late]);
      } catch (error) {
        return failureOf(error);
      }
    },
    async prepare() {
      await load();
    },
  };
}

interface Way {
  readonly createTransport: typeof import('nodemailer')['createTransport'];
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * A password goes only through TLS with a certificate that was verified. Without one any TLS is better than none. On
 * this machine nobody listens in, and a mail server of its own has rarely a certificate for it.
 */
function transportTo(smtp: EmailChannel['smtp'], { createTransport, addresses, signal }: Way): Transporter {
  const isLocal = addresses.every(isLoopback);
  const { host, port, secure, user, password } = smtp;
  const mustBeSure = !isLocal && (secure || password !== null);
  return createTransport({
    host,
    port,
    secure,
    requireTLS: mustBeSure && !secure,
    tls: { rejectUnauthorized: mustBeSure },
    socketCloseTimeout: CLOSE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user !== null && { auth: { user, pass: password ?? '' } }),
    getSocket: (_options: unknown, done: (error: Error | null, way?: { connection: Socket }) => void) => {
      const socket = connect({ host, port, lookup: lookupOf(addresses), signal });
      socket.on('error', done); // stays: a limit that ends the socket later must find a listener
      socket.once('connect', () => done(null, { connection: socket }));
    },
  });
}

function mailOf({ id, title, text, atMs }: Notification, from: string) {
  return {
    from: { name: 'Sluice', address: from },
    subject: title,
    text,
    date: new Date(atMs),
    messageId: `<${id}@${from.slice(from.indexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** A mail server's 5xx stays what it is; everything else may pass. */
function failureOf(error: unknown): Attempt {
  const { message, responseCode = 0 } = error as Error & { readonly responseCode?: number };
  const line = message.replace(/\s+/g, ' ').slice(0, 300);
  return { ok: false, isFinal: responseCode >= 500 && responseCode < 600, message: line };
}

function isLoopback(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && LOOPBACK.some((network) => isIn(network, address));
}
