/** How much of a message's largest payload lists may take together: the rest is for what is always told. */
const payloadShare = 0.9;
/** Most bytes of what a node tells in one message, however much the server would take. */
const messageBytes = 2 ** 20;

/** Lists to be told in one message, each by its name. */
type Lists = Readonly<Record<string, readonly unknown[]>>;

/** Which of a list's items matter most: its first, or its last. */
type Ends<L extends Lists> = { readonly [Name in keyof L]: "first" | "last" };

/**
 * As much of some lists as fits into a message together. Each may have an equal share; what a short one leaves over is
 * for the longer ones (max-min fairness), so that no list takes the place of another.
 *
 * @param rest what is told besides, as JSON data
 * @param maxPayloadBytes largest payload of a message
 * @returns what is told of each list, in order, and how many items of which lists are not
 */
export function fitLists<L extends Lists>(
  lists: L,
  ends: Ends<L>,
  rest: unknown,
  maxPayloadBytes: number,
): { readonly kept: L; readonly leftOut: Readonly<Record<string, number>> } {
  let room = Math.min(messageBytes, Math.floor(maxPayloadBytes * payloadShare)) - bytesOf(rest);
  const sized = Object.entries(lists).map(([name, items]) => {
    const sizes = items.map(bytesOf);
    return { name, items, sizes, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
  });
  sized.sort((one, other) => one.bytes - other.bytes);
  const kept: Record<string, readonly unknown[]> = { ...lists };
  const leftOut: Record<string, number> = {};
  for (const [index, { name, items, sizes, bytes }] of sized.entries()) {
    const share = Math.max(0, Math.floor(room / (sized.length - index)));
    if (bytes <= share) {
      room -= bytes;
      continue;
    }
    const chosen = within(sizes, share, ends[name as keyof L]);
    kept[name] = items.filter((_item, at) => chosen.has(at));
    leftOut[name] = items.length - chosen.size;
    for (const at of chosen) room -= sizes[at] ?? 0;
  }
  return { kept: kept as L, leftOut };
}

/** Places of the items that fit, the most important first; one that is too large makes room for the next. */
function within(
  sizes: readonly number[],
  share: number,
  important: "first" | "last",
): ReadonlySet<number> {
  const chosen = new Set<number>();
  let left = share;
  const places = [...sizes.keys()];
  for (const at of important === "first" ? places : places.reverse()) {
    const bytes = sizes[at] ?? 0;
    if (bytes > left) continue;
    chosen.add(at);
    left -= bytes;
  }
  return chosen;
}

/** What a value takes in a message: UTF-8 of its JSON, and a comma. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "") + 1;
}
