import type { Exchange } from './exchange.ts';
import { writeHeaderText } from './header-text.ts';

/** Keep proxies and caches from holding a stream back. */
export const STREAM_HEADERS = ['Cache-Control', 'no-cache', 'X-Accel-Buffering', 'no'];

/** CONTRACT §3's headers, as far as the request has come: flat name, value list. */
export function answerHeaders(x: Exchange): string[] {
  const headers = ['X-Request-Id', x.requestId];
  if (x.session !== null) headers.push('X-Session-Id', writeHeaderText(x.session.id));
  const { assignment } = x;
  if (assignment !== null) {
    if (x.attempts.length > 0 || x.admittedMs !== null)
      headers.push('X-Model-Used', (x.serving ?? assignment.serving).id);
    if (assignment.routeId !== null) headers.push('X-Sluice-Route', assignment.routeId);
    headers.push('X-Sluice-Reason', assignment.reason);
    if (assignment.place !== null) headers.push('X-Sluice-Bucket', String(assignment.place.bucket));
    if (x.fallback !== null) {
      headers.push('X-Sluice-Assigned-Model', assignment.assigned.id, 'X-Sluice-Fallback', x.fallback);
    }
    if (assignment.pinBreak !== null) headers.push('X-Sluice-Pin-Broken', assignment.pinBreak);
  }
  headers.push('X-Sluice-Config-Version', String(x.snapshot.version));
  if (x.dropped.length > 0) headers.push('X-Sluice-Dropped', writeHeaderText(x.dropped.join(', ')));
  for (const part of x.cors) headers.push(part);
  if (x.services.isDraining) headers.push('Connection', 'close');
  return headers;
}
