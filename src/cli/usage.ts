/** A wrong flag or argument: one line, what to write instead, exit 2. */
export class UsageError extends Error {
  readonly isUsage = true;
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** What a person has to know was said already; only the exit code is left. */
export class Said extends Error {
  readonly isSaid = true;
  readonly exit: number;

  constructor(exit: number) {
    super("said already");
    this.exit = exit;
  }
}

/** Not by `instanceof`: a command that is loaded lazily brings its own copy of the class. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && "isUsage" in error && error.isUsage === true;
}

export function isSaid(error: unknown): error is Said {
  return error instanceof Error && "isSaid" in error && error.isSaid === true;
}
