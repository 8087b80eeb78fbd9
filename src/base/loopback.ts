const LOOPBACK =
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/@\s]*@)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0)(?:[:/?#]|$)/;

/** An address that means "this machine" to its author, and something else inside a container. */
export function isLoopbackUrl(text: string): boolean {
  return LOOPBACK.test(text);
}

export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || address === "localhost" || /^127(?:\.\d{1,3}){3}$/.test(address);
}
