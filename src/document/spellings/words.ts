/** Words of other tools for values of ours. */
export const restartPolicy: Readonly<Record<string, string>> = {
  Always: "always",
  OnFailure: "on-failure",
  onFailure: "on-failure",
  UnlessStopped: "unless-stopped",
  Never: "no",
  never: "no",
};

export const logLevel: Readonly<Record<string, string>> = {
  TRACE: "trace",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  WARNING: "warn",
  warning: "warn",
  ERROR: "error",
  CRITICAL: "fatal",
  critical: "fatal",
  FATAL: "fatal",
};
