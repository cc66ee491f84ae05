const atOnce = 8;

/** Does something with each item, eight at a time, in their order. Rejects with the first failure. */
export async function eachOf<T>(
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
}
