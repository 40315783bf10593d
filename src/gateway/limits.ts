/** Bounds on what one request may ask for. All of them are configurable. */
export interface Limits {
  /** The largest `number` of a page (GFD.223 §6). */
  readonly pageSize: number;
  /** The page size when only `page` is given. */
  readonly defaultPageSize: number;
  /** How many entities one request may create, change or act on. */
  readonly batch: number;
}
