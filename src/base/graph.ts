/** A dependency graph as names and, for each, the names it waits for. Names that are not keys are left out. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * One cycle for each knot of the graph, as the names around it, starting with the smallest.
 * Iterative: a chain of 100,000 agents must not overflow the stack.
 */
export function findCycles(graph: Graph): string[][] {
  const state = new Map<string, "open" | "done">();
  const cycles: string[][] = [];
  for (const root of graph.keys()) {
    if (state.has(root)) continue;
    const path: { name: string; next: number }[] = [{ name: root, next: 0 }];
    state.set(root, "open");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const targets = graph.get(top.name) ?? [];
      const target = targets[top.next];
      if (target === undefined) {
        state.set(top.name, "done");
        path.pop();
        continue;
      }
      top.next++;
      if (!graph.has(target)) continue;
      const seen = state.get(target);
      if (seen === "open") {
        const from = path.findIndex((step) => step.name === target);
        cycles.push(rotateToSmallest(path.slice(from).map((step) => step.name)));
      } else if (seen === undefined) {
        state.set(target, "open");
        path.push({ name: target, next: 0 });
      }
    }
  }
  return cycles;
}

function rotateToSmallest(names: string[]): string[] {
  let smallest = 0;
  names.forEach((name, i) => {
    if (name < (names[smallest] ?? "")) smallest = i;
  });
  return [...names.slice(smallest), ...names.slice(0, smallest)];
}
