import { REQUEST_PLACES, readFrame } from '../../contract/frame.ts';
import type { Column } from '../../domain/csv.ts';
import { type ExportedRequest, requestColumns } from '../../ports/export-columns.ts';
import { createJsonList } from '../journal/json-list.ts';
import { FRAME_HEAD_BYTES, payloadText } from '../journal/segment.ts';
import type { CsvBytes } from './csv-bytes.ts';
import type { FrameBytes } from './frame-texts.ts';

/** What is not in a request's frame. */
export type Later = Omit<ExportedRequest, keyof typeof REQUEST_PLACES>;

type Field = keyof typeof REQUEST_PLACES;
type WriteLine = (out: CsvBytes, found: FrameBytes, later: Later) => void;

const FIELDS = Object.keys(REQUEST_PLACES).length;
const { time_ms, attempts, session_id, session_instance } = REQUEST_PLACES;
const MOST_ATTEMPTS = 64;

/**
 * Writes the line of a request out of the bytes of its frame: making a record of it first takes three times as long. The
 * conformance of the port holds these lines to those of records.
 */
export function createRequestLines(withTexts: boolean): WriteLine {
  const list = createJsonList(FIELDS + 1);
  const tries = createJsonList(MOST_ATTEMPTS);
  const columns = requestColumns(withTexts);

  function writerOf({ name, value }: Column<ExportedRequest>): (out: CsvBytes, later: Later) => void {
    if (name === 'time') return (out) => out.cell(new Date(list.number(time_ms) ?? 0).toISOString());
    if (name === 'attempts')
      return (out) => {
        tries.open(list.bytes, list.start(attempts), list.end(attempts));
        out.cell(tries.count);
      };
    if (name === 'session_instance')
      return (out) => out.value(list, list.isNull(session_instance) ? session_id : session_instance);
    if (!Object.hasOwn(REQUEST_PLACES, name))
      return (out, later) => out.cell(value(later as ExportedRequest));
    const place = REQUEST_PLACES[name as Field];
    return (out) => out.value(list, place);
  }
  const writers = columns.map(writerOf);

  return (out, { bytes, frame }, later) => {
    list.open(bytes, frame.start + FRAME_HEAD_BYTES, frame.end);
    if (list.count > FIELDS) for (const write of writers) write(out, later);
    else {
      const read = readFrame(payloadText(bytes, frame)); // of a version that knew fewer fields
      if (read?.kind !== 'request')
        throw new Error('the index points to a frame that is no request; rebuild it');
      const row = { ...read.record, ...later };
      for (const { value } of columns) out.cell(value(row));
    }
    out.endLine();
  };
}
