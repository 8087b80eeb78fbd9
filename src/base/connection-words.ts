/** What the codes of a connection mean, for people; undefined for those that say it themselves. */
export function connectionWords(code: string): string | undefined {
  switch (code) {
    case "ENOENT":
      return "no such file";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ECONNREFUSED":
      return "nobody listens there";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was cut";
    case "ENOTFOUND":
      return "no machine has that name";
    case "EAI_AGAIN":
      return "its name could not be looked up";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "no way leads there";
    case "ETIMEDOUT":
      return "it took too long";
    default:
      return undefined;
  }
}

/** Whether the same connection may be possible a little later. */
export const mayConnectLater = (code: string): boolean =>
  ["EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code);
