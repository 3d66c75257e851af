/**
 * Does a piece of work with every item, a few at a time.
 * @param atOnce how many at most
 * @throws what the first piece of work throws; no more are begun then
 */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // All take from the same iterator, so each item is taken once.
  const left = items.values();
  const takeTurns = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeTurns));
}
