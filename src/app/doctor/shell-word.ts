/** A foreign name as one word of a command that people copy into their shell: nothing in it is run. */
export function shellWord(name: string): string {
  if (/^[\w.:/@+-]+$/.test(name) && !name.startsWith('-')) return name;
  return `'${name.replace(/\p{Cc}/gu, '').replaceAll("'", "'\\''")}'`;
}
