import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  /** Decoded. */
  readonly text: string;
  /** As it came. */
  readonly source: string;
  /** Whether it came through TLS, and as whom. */
  readonly isSecure: boolean;
  readonly user: string | null;
}

export interface MailServer {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Resolves when so many have come. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A real mail server on this machine. */
export async function startMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let wake = (): void => {};
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const source = Buffer.concat(chunks).toString('utf8');
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          ...partsOf(source),
          source,
          isSecure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        });
        done();
        wake();
      });
    },
    ...options,
  });
  const listening: Server = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  server.on('error', () => {}); // a client that leaves
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    until: (count) =>
      new Promise((resolve) => {
        wake = () => mails.length >= count && resolve();
        wake();
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Subject, message id and text of a mail with one part of plain text. */
function partsOf(source: string): Pick<ReceivedMail, 'subject' | 'messageId' | 'text'> {
  const split = source.indexOf('\r\n\r\n');
  const head = source.slice(0, split).replace(/\r\n[ \t]+/g, ' ');
  const body = source.slice(split + 4);
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const encoding = header('Content-Transfer-Encoding').toLowerCase();
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString('utf8')
      : encoding === 'quoted-printable'
        ? quotedPrintable(body.replace(/=\r\n/g, ''))
        : body;
  return {
    subject: words(header('Subject')),
    messageId: header('Message-ID'),
    text: text.replace(/\r\n/g, '\n').replace(/\n$/, ''),
  };
}

function quotedPrintable(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** RFC 2047. */
function words(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?([QB])\?(.*?)\?=/gi, (_, kind: string, coded: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64').toString('utf8')
        : quotedPrintable(coded.replaceAll('_', ' ')),
    );
}
