/** A log file that is not what it should be: it is left alone, and somebody is told. */
export interface LogFault {
  readonly path: string;
  readonly why: string;
}

export type LogStream = "stdout" | "stderr";

/** How much of each stream is kept on disk. */
export interface LogLimits {
  /** Of one file. */
  readonly maxBytes: number;
  /** The one that is being written is one of them. */
  readonly maxFiles: number;
}
