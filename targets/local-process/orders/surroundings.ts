const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|(?:HTTPS?|ALL|NO|FTP)_PROXY|(?:https?|all|no|ftp)_proxy|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO)$/;

/**
 * The variables of the caller that a process gets unasked, and those that it asked for. They are taken when it is
 * applied, kept, and used at each restart. The commands of its environment lead the PATH.
 */
export function surroundingsOf(
  environment: Readonly<Record<string, string | undefined>>,
  inherited: readonly string[],
  commands: string | undefined,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && (PASSED.test(name) || inherited.includes(name))) found[name] = value;
  if (commands !== undefined) found["PATH"] = `${commands}:${found["PATH"] ?? "/usr/bin:/bin"}`;
  return found;
}
