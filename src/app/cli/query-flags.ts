/** Flags of the commands that look at the record of requests. The gateway judges their values. */
export interface QueryFlags {
  readonly from?: string;
  readonly to?: string;
  readonly window?: string;
  readonly model?: string;
}

/** The query of the admin API that the flags mean: `?…`, or nothing. */
export function queryOf(
  { from, to, window, model }: QueryFlags,
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  const all = Object.entries({ from, to, window, model_id: model, ...more });
  const given = all.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
