import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { NodeClient } from '../adapters/http-server/node-client.ts';
import { openPlainLane } from '../adapters/http-server/plain-lane.ts';
import { Fault } from '../gateway/fault.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { createHostGuard } from '../gateway/guard.ts';
import { SERVER_OPTIONS } from '../gateway/http.ts';
import { renderFault } from '../gateway/wire/errors.ts';
import type { InboundProtocol } from '../gateway/wire/wire.ts';
import type { Ids } from '../ports/ids.ts';

interface ListenerOptions {
  readonly gateway: Gateway;
  /** Everything that is not the data plane: admin API, probes, docs. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  readonly allowedHosts: readonly string[];
  readonly ids: Ids;
}

export interface Listener {
  readonly server: Server;
  /** Cuts the connections that the server itself does not know. */
  close(): void;
}

/**
 * The one listening server. Chat paths go straight to the gateway (decision 0001), and where their requests are plain
 * not even through `node:http` (decision 0004).
 */
export function createListener({ gateway, handler, allowedHosts, ids }: ListenerOptions): Listener {
  const guard = createHostGuard(allowedHosts);
  const server = createServer(SERVER_OPTIONS, (req, res) => {
    if (gateway.serve(new NodeClient(req, res))) return;
    const fault = guard.check(req);
    if (fault === null) handler(req, res);
    else refuse(res, 'chat', { fault, requestId: ids.next('req') });
  });
  const { takes } = gateway;
  const lane = openPlainLane({ server, takes, serve: (client) => void gateway.serve(client) });
  return { server, close: lane.close };
}

/** Answers a path that nothing serves, in the shape that a client of such a path reads. */
export function refuseUnknown(req: IncomingMessage, res: ServerResponse, requestId: string): void {
  const path = (req.url ?? '').split('?')[0] ?? '';
  const protocol = path.startsWith('/v1/') ? 'openai' : path.startsWith('/api/') ? 'ollama' : 'chat';
  const fault = new Fault('not_found', `there is no ${req.method} ${path}; /docs lists what there is`);
  refuse(res, protocol, { fault, requestId });
}

function refuse(
  res: ServerResponse,
  protocol: InboundProtocol,
  { fault, requestId }: { readonly fault: Fault; readonly requestId: string },
): void {
  const { status, contentType, body } = renderFault(protocol, fault, requestId);
  res.writeHead(status, {
    'content-type': contentType,
    'content-length': body.length,
    'x-request-id': requestId,
  });
  res.end(body);
}
