import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Post {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  /** The certificate to trust and the name to ask for; with it the call is TLS. */
  readonly tls?: { readonly ca: string; readonly servername: string };
  /** Called as soon as the first piece of the answer's body is there. */
  readonly onFirstPiece?: () => void;
}

export interface Posted {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** How many reads the body arrived in. */
  readonly pieces: number;
}

/** A plain POST as curl sends it: no Content-Type unless asked for. */
export function post({
  port,
  path,
  body,
  headers,
  host = '127.0.0.1',
  tls,
  onFirstPiece,
}: Post): Promise<Posted> {
  const options = {
    port,
    path,
    host: '127.0.0.1',
    method: 'POST',
    headers: { Host: host, 'Content-Length': String(Buffer.byteLength(body)), ...headers },
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const call = tls ? requestHttps({ ...options, ...tls }) : requestHttp(options);
    call.once('error', reject);
    call.once('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => {
        if (pieces.length === 0) onFirstPiece?.();
        pieces.push(piece);
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          text: Buffer.concat(pieces).toString(),
          pieces: pieces.length,
        }),
      );
    });
    call.end(body);
  });
}
