import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { OPERATIONS, type Operation, type OperationId } from '../../contract/operations.ts';
import type { Download } from '../../ports/analysis.ts';
import type { Caller } from '../change.ts';
import type { ControlCore } from '../core.ts';
import { noteInAudit } from './note-in-audit.ts';

/** So much of a file waits in memory for a slow reader; no more is made until it is read. */
const WAITING_BYTES = 65_536;

interface Sending {
  readonly core: ControlCore;
  readonly caller: Caller;
  readonly operationId: OperationId;
  readonly query: object;
  readonly reply: FastifyReply;
}

/** Sends a file while it is made, after the audit has who took it; a reader who leaves ends the making. */
export async function sendFile({ headers, chunks }: Download, sending: Sending): Promise<FastifyReply> {
  const { core, caller, operationId, query, reply } = sending;
  const { contentType = 'application/octet-stream', audited = true }: Operation = OPERATIONS[operationId];
  const file = Readable.from(chunks, { objectMode: false, highWaterMark: WAITING_BYTES });
  try {
    if (audited) await noteInAudit({ core, caller, operationId, noted: query });
  } catch (error) {
    file.destroy();
    throw error;
  }
  return reply.headers(headers).type(contentType).send(file);
}
