import { REQUEST_PLACES, readFrame } from '../../contract/frame.ts';
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

/** Cells that are not copied from one place of the frame. */
const [TIME, ATTEMPTS, INSTANCE, LATER] = [-1, -2, -3, -4];
const SPECIAL: Readonly<Record<string, number>> = {
  time: TIME,
  attempts: ATTEMPTS,
  session_instance: INSTANCE,
};

/**
 * Writes the line of a request out of the bytes of its frame: making a record of it first takes three times as long. The
 * conformance of the port holds these lines to those of records.
 */
export function createRequestLines(withTexts: boolean): WriteLine {
  const list = createJsonList(FIELDS + 1);
  const tries = createJsonList(MOST_ATTEMPTS);
  const columns = requestColumns(withTexts);
  const sources = columns.map(({ name }) => SPECIAL[name] ?? REQUEST_PLACES[name as Field] ?? LATER);

  function writeSpecial(out: CsvBytes, source: number): void {
    if (source === TIME) out.time(list.number(time_ms) ?? 0);
    else if (source === INSTANCE)
      out.value(list, list.isNull(session_instance) ? session_id : session_instance);
    else {
      tries.open(list.bytes, list.start(attempts), list.end(attempts));
      out.plain(String(tries.count));
    }
  }
  function writeList(out: CsvBytes, later: Later): void {
    for (let at = 0; at < sources.length; at += 1) {
      const source = sources[at] ?? LATER;
      if (source >= 0) out.value(list, source);
      else if (source === LATER) out.cell(columns[at]?.value(later as ExportedRequest) ?? null);
      else writeSpecial(out, source);
    }
  }

  return (out, { bytes, frame }, later) => {
    list.open(bytes, frame.start + FRAME_HEAD_BYTES, frame.end);
    out.beginLine(2 * (frame.end - frame.start)); // one value may stand in two columns
    if (list.count > FIELDS) writeList(out, later);
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
