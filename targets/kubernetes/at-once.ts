/** Runs a task for each item, never more than `limit` at a time; the answers are in the order of the items. */
export async function atOnce<Item, Answer>(
  items: readonly Item[],
  limit: number,
  run: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: (readonly [number, Answer])[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of waiting) answers.push([i, await run(item)]);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return answers.sort(([a], [b]) => a - b).map(([, answer]) => answer);
}
