/** Most times that a smaller input is tried, and longest that all of it takes, milliseconds. */
const tryLimit = 400;
const patienceMs = 60_000;

/**
 * A smaller input that does the same wrong: parts are left out, halves first, then ever smaller ones, as in
 * delta debugging (Zeller and Hildebrandt 2002).
 *
 * @param isWrong whether the edge does the same wrong with this one
 */
export async function shrunk(
  input: Uint8Array,
  isWrong: (smaller: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = input;
  let tries = 0;
  const until = performance.now() + patienceMs;
  const goesOn = (): boolean => tries < tryLimit && performance.now() < until;
  let size = Math.ceil(best.length / 2);
  while (size >= 1 && goesOn()) {
    let found = false;
    for (let at = 0; at < best.length && goesOn(); ) {
      const smaller = Uint8Array.from([...best.subarray(0, at), ...best.subarray(at + size)]);
      tries += 1;
      if (await isWrong(smaller)) {
        best = smaller;
        found = true;
      } else at += size;
    }
    if (!found || size > 1) size = Math.floor(size / 2);
  }
  return best;
}
