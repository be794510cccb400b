import { DownloadOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addressOf } from '../../api/call.ts';
import { readProblem } from '../../api/problem.ts';

interface ExportProps {
  readonly view: 'sessions' | 'requests';
  readonly query: object;
}

const MEGABYTE = 1_000_000;

/** Takes the file while it is made, says how much is there, and can be stopped. */
export function ExportButton({ view, query }: ExportProps): ReactNode {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [bytes, setBytes] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const endpoint = view === 'sessions' ? 'GET /export/sessions.csv' : 'GET /export/requests.csv';
  const take = async (): Promise<void> => {
    stop.current = new AbortController();
    setBytes(0);
    try {
      const parts = await partsOf(addressOf(endpoint, { query }), stop.current.signal, setBytes);
      save(new Blob(parts, { type: 'text/csv' }), `${view}.csv`);
    } catch (error) {
      if (!stop.current.signal.aborted) void message.error((error as Error).message, 6);
    }
    setBytes(null);
  };
  if (bytes === null) {
    return (
      <Button icon={<DownloadOutlined />} onClick={() => void take()}>
        {t('conversations.export')}
      </Button>
    );
  }
  return (
    <Button loading onClick={() => stop.current?.abort()}>
      {t('conversations.exporting', { megabytes: (bytes / MEGABYTE).toFixed(1) })}
    </Button>
  );
}

async function partsOf(
  address: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const answer = await fetch(address, { signal, credentials: 'same-origin' });
  if (!answer.ok || !answer.body) throw await readProblem(answer);
  const reader = answer.body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let bytes = 0; ; onBytes(bytes)) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value);
    bytes += value.byteLength;
  }
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
