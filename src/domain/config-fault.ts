/** One thing that is wrong with a configuration as a whole. */
export interface ConfigFault {
  /** Where, as a path into the declarative form, e.g. `routes[0].rules[1].model_id`. */
  readonly path: string;
  readonly code:
    | 'clash'
    | 'phrase'
    | 'unknown_model'
    | 'unknown_route'
    | 'weights'
    | 'two_defaults'
    | 'loop'
    | 'base_url'
    | 'experiment';
  readonly message: string;
}
