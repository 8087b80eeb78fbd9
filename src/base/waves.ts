/** Who needs another one goes before it; those that do not need each other go together. Backwards it is the order of a start. */
export function wavesAgainst(
  needs: ReadonlyMap<string, Iterable<string>>,
  names: readonly string[],
): readonly (readonly string[])[] {
  const waves: (readonly string[])[] = [];
  let left = [...new Set(names)];
  while (left.length > 0) {
    const needed = new Set(left.flatMap((name) => [...(needs.get(name) ?? [])]));
    const free = left.filter((name) => !needed.has(name));
    // A circle is refused long before; notes that tell of one must not keep anybody from stopping.
    const wave = free.length > 0 ? free : left;
    waves.push(wave);
    left = left.filter((name) => !wave.includes(name));
  }
  return waves;
}
