/** A wrong flag or argument: one line, what to write instead, exit 2. */
export class UsageError extends Error {
  readonly isUsage = true;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Not by `instanceof`: a command that is loaded lazily brings its own copy of the class. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && "isUsage" in error && error.isUsage === true;
}
