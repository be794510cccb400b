/** A number in a statement's text, where a parameter cannot stand. Throws RangeError for what is none. */
export function numeral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no number`);
  return `${value}::DOUBLE`;
}
