/** Who writes, as the one who has to wait is told. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** UTC, ISO 8601. */
  readonly since: string;
}
