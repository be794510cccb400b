const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** How a duration is written: a whole number and a unit, e.g. `"500ms"`, `"120s"`, `"30m"`, `"2h"`, `"7d"`. */
export const DURATION_PATTERN = '^(0|[1-9][0-9]{0,8})(ms|s|m|h|d)$';
const DURATION = new RegExp(DURATION_PATTERN);

/** Milliseconds of a written duration, or null when the text is none. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as Unit] : null;
}

/** Writes whole, non-negative milliseconds in the largest unit that leaves no rest. */
export function formatDuration(durationMs: number): string {
  const units = Object.entries(UNITS).reverse();
  const fit = units.find(([, sizeMs]) => durationMs >= sizeMs && durationMs % sizeMs === 0);
  return fit ? `${durationMs / fit[1]}${fit[0]}` : `${durationMs}ms`;
}

/** Milliseconds of a duration that validation has accepted. Throws on anything else: a caller must have checked. */
export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === null) throw new Error(`"${text}" is not a duration`);
  return parsed;
}
