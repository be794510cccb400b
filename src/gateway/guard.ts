import type { RequestHead } from '../ports/client.ts';
import { Fault } from './fault.ts';
import { isRepeated } from './header-text.ts';

/** More header lines than any client sends. Node would silently leave out those beyond its own, higher limit. */
const MAX_HEADER_LINES = 200;
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;
const PORT = /:\d{1,5}$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Looks at the request line and `Host` of any request, before anything else does. */
export interface HostGuard {
  /** What is wrong with the request, or null. */
  check(req: RequestHead): Fault | null;
}

/**
 * Only loopback names and `allowedHosts` (with or without a port) may stand in `Host`: this is what keeps a web page
 * whose name was pointed at this machine from talking to it. `*` in the list allows every name.
 */
export function createHostGuard(allowedHosts: readonly string[]): HostGuard {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const allowsAll = allowed.has('*');
  let lastGood = ''; // nearly every request carries the same one

  return {
    check(req) {
      const form = formFault(req);
      if (form) return form;
      const given = req.headers.host ?? '';
      if (given === lastGood && given !== '') return null;
      const host = given.toLowerCase();
      if (!HOST.test(host)) {
        return new Fault('bad_request', 'the Host header is not a host name', { param: 'Host' });
      }
      const name = host.replace(PORT, '');
      if (allowsAll || LOOPBACK.has(name) || allowed.has(name) || allowed.has(host)) {
        lastGood = given;
        return null;
      }
      return new Fault(
        'host_not_allowed',
        `the host "${name}" is not allowed; start Sluice with --allowed-hosts ${name} (or SLUICE_ALLOWED_HOSTS=${name})`,
      );
    },
  };
}

/** True for names that only this machine itself can have meant. */
export function isLoopbackHost(hostHeader: string): boolean {
  return LOOPBACK.has(hostHeader.toLowerCase().replace(PORT, ''));
}

function formFault(req: RequestHead): Fault | null {
  const target = req.url ?? '';
  if (target[0] !== '/' && !(target === '*' && req.method === 'OPTIONS')) {
    return new Fault(
      'bad_request',
      'the request line must name a path such as /v1/chat, not a whole address',
    );
  }
  const { rawHeaders } = req;
  if (rawHeaders.length > 2 * MAX_HEADER_LINES) {
    return new Fault('bad_request', `more than ${MAX_HEADER_LINES} header lines`);
  }
  if (isRepeated(rawHeaders, 'host'))
    return new Fault('bad_request', 'more than one Host header', { param: 'Host' });
  return null;
}
