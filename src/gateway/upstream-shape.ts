/**
 * True for the content types of chat answers. A type that is left out is given the benefit of the doubt:
 * the body itself is looked at.
 */
export function isAnswerType(contentType: string, isStream: boolean): boolean {
  if (contentType === '') return true;
  const type = contentType.toLowerCase();
  if (type.startsWith('application/json')) return true;
  return isStream && (type.startsWith('text/event-stream') || type.startsWith('application/x-ndjson'));
}

export function looksLikeJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
