/** Often at first, since most things come at once; then more seldom, since many may be waited for. */
export function* rhythm(): Generator<number, never> {
  for (let millis = 250; ; millis = Math.min(1000, millis + 150)) yield millis;
}
