import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Gateway } from '../gateway/gateway.ts';
import { createHostGuard } from '../gateway/guard.ts';
import { SERVER_OPTIONS } from '../gateway/http.ts';
import { renderFault } from '../gateway/wire/errors.ts';

interface ListenerOptions {
  readonly gateway: Gateway;
  /** Everything that is not the data plane: admin API, probes, docs. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  readonly allowedHosts: readonly string[];
}

/** The one listening server. Chat paths go straight to the gateway; decision 0001 says why, with figures. */
export function createListener({ gateway, handler, allowedHosts }: ListenerOptions): Server {
  const guard = createHostGuard(allowedHosts);
  return createServer(SERVER_OPTIONS, (req, res) => {
    if (gateway.serve(req, res)) return;
    const fault = guard.check(req);
    if (fault === null) {
      handler(req, res);
      return;
    }
    const answer = renderFault('chat', fault, '');
    res.writeHead(answer.status, {
      'content-type': answer.contentType,
      'content-length': answer.body.length,
    });
    res.end(answer.body);
  });
}
