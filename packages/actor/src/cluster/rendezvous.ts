/**
 * Chooses the member that is responsible for a key, by rendezvous hashing (highest random weight):
 * each member gets a score for the key, and the highest wins.
 *
 * Everyone who sees the same members chooses the same one, whatever their order and without
 * talking to each other. When a member goes, only its keys move, spread over all that are left;
 * when one comes, only the keys it takes over do. The scores are the same on every machine and in
 * every process; changing them would move all keys, so they never change.
 *
 * @param key what is to be placed: any text
 * @param members names without duplicates, in any order. Costs one hash for each, so it suits up
 *   to some thousands.
 * @returns the member, or `undefined` when there are none
 */
export function rendezvous(key: string, members: readonly string[]): string | undefined {
  const seed = seedOf(key);
  let winner: Scored | undefined;
  for (const member of members) {
    const scored = score(seed, member);
    if (winner === undefined || isBefore(scored, winner)) winner = scored;
  }
  return winner?.member;
}

/**
 * The members for a key in the order in which they would be responsible: the first as
 * {@link rendezvous} says, the second if that one went, and so on. For replicas and fallbacks.
 *
 * @param key what is to be placed: any text
 * @param members names without duplicates, in any order
 * @param count how many at most; fewer come back when there are fewer members
 */
export function rendezvousRanking(
  key: string,
  members: readonly string[],
  count: number = members.length,
): readonly string[] {
  const seed = seedOf(key);
  return members
    .map((member) => score(seed, member))
    .sort((a, b) => (isBefore(a, b) ? -1 : 1))
    .slice(0, Math.max(0, count))
    .map(({ member }) => member);
}

/** The two halves of a 64-bit hash, kept apart because integers beyond 32 bits are slow here. */
interface Hash {
  readonly high: number;
  readonly low: number;
}

interface Scored extends Hash {
  readonly member: string;
}

function isBefore(a: Scored, b: Scored): boolean {
  if (a.high !== b.high) return a.high > b.high;
  if (a.low !== b.low) return a.low > b.low;
  return a.member < b.member;
}

/** The key's part of every score, worked out once. */
function seedOf(key: string): Hash {
  return finish(absorb({ high: 0xdeadbeef, low: 0x41c6ce57 }, key));
}

function score(seed: Hash, member: string): Scored {
  const { high, low } = finish(absorb(seed, member));
  return { high, low, member };
}

/** Two 32-bit lanes with different odd multipliers, over UTF-16 code units (after cyrb53). */
function absorb(from: Hash, text: string): Hash {
  let { high, low } = from;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  return { high, low };
}

/**
 * Spreads each bit over both halves, with MurmurHash3's finalisers. Without it names that differ
 * only in their last letter would get scores that follow each other.
 */
function finish({ high, low }: Hash): Hash {
  let a = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  let b = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  a = Math.imul(a ^ (a >>> 15) ^ b, 0x2c1b3c6d);
  b = Math.imul(b ^ (b >>> 13) ^ a, 0x297a2d39);
  return { high: (a ^ (a >>> 16)) >>> 0, low: (b ^ (b >>> 15)) >>> 0 };
}
