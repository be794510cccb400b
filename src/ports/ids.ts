/** Where fresh identifiers come from. All are unguessable and sort roughly by time. */
export interface Ids {
  /** `prefix_` followed by lower-case letters and digits, e.g. `req_01jd…`. */
  next(prefix: string): string;
}
