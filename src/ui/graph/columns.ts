import type { Link } from "./boxes.ts";

/** Services may lead in a circle: the links that close one are turned round, so that all lead from left to right. */
export function withoutCircles(names: readonly string[], links: readonly Link[]): readonly Link[] {
  const out = new Map<string, number[]>();
  links.forEach(({ from }, i) => out.set(from, [...(out.get(from) ?? []), i]));
  const state = new Map<string, "open" | "done">();
  const turned = new Set<number>();
  // Those that nobody needs come first: from there, only what really leads back is turned.
  const needed = new Set(links.map(({ to }) => to));
  const begin = [...names.filter((name) => !needed.has(name)), ...names];
  for (const root of begin) {
    if (state.has(root)) continue;
    const path = [{ name: root, next: 0 }];
    state.set(root, "open");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const index = out.get(top.name)?.[top.next++];
      if (index === undefined) {
        state.set(top.name, "done");
        path.pop();
        continue;
      }
      const to = links[index]?.to ?? "";
      const seen = state.get(to);
      if (seen === "open") turned.add(index);
      else if (seen === undefined) {
        state.set(to, "open");
        path.push({ name: to, next: 0 });
      }
    }
  }
  return links.map((link, i) => (turned.has(i) ? { from: link.to, to: link.from } : link));
}

/** As far right as the longest way to it; who is needed by nobody stands right before the first that it needs. */
export function columnsOf(names: readonly string[], links: readonly Link[]): ReadonlyMap<string, number> {
  const out = new Map<string, string[]>();
  const waiting = new Map(names.map((name) => [name, 0]));
  for (const { from, to } of links) {
    out.set(from, [...(out.get(from) ?? []), to]);
    waiting.set(to, (waiting.get(to) ?? 0) + 1);
  }
  const columns = new Map(names.map((name) => [name, 0]));
  const first = names.filter((name) => waiting.get(name) === 0);
  const free = [...first];
  for (let name = free.pop(); name !== undefined; name = free.pop())
    for (const to of out.get(name) ?? []) {
      columns.set(to, Math.max(columns.get(to) ?? 0, (columns.get(name) ?? 0) + 1));
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) free.push(to);
    }
  for (const name of first) {
    const next = (out.get(name) ?? []).map((to) => columns.get(to) ?? 0);
    if (next.length > 0) columns.set(name, next.reduce((a, b) => Math.min(a, b)) - 1);
  }
  return columns;
}
