/**
 * Bertsekas' auction with epsilon scaling on plain arrays in one function, as one would write it without actors:
 * the measure for what the state machines cost. Square, dense, integer costs.
 *
 * @returns the least cost
 */
export function plainAuction(n: number, given: Float64Array): number {
  const least = given.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  const costs = given.map((cost) => (cost - least) * (n + 1));
  const span = costs.reduce((one, other) => Math.max(one, other), 0);
  const prices = new Float64Array(n);
  const objectOf = new Int32Array(n).fill(-1);
  const personOf = new Int32Array(n).fill(-1);
  const waiting = Array.from({ length: n }, (_, index) => n - 1 - index);
  for (let epsilon = Math.max(1, Math.floor(span / 20)); ; ) {
    for (let person = waiting.pop(); person !== undefined; person = waiting.pop()) {
      const base = person * n;
      let [best, next, choice] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
      for (let object = 0; object < n; object += 1) {
        const outlay = (costs[base + object] as number) + (prices[object] as number);
        if (outlay >= next) continue;
        if (outlay < best) {
          next = best;
          best = outlay;
          choice = object;
        } else next = outlay;
      }
      prices[choice] = (prices[choice] as number) + (n === 1 ? 0 : next - best) + epsilon;
      const before = personOf[choice] as number;
      if (before >= 0) {
        objectOf[before] = -1;
        waiting.push(before);
      }
      personOf[choice] = person;
      objectOf[person] = choice;
    }
    if (epsilon === 1) break;
    epsilon = Math.max(1, Math.floor(epsilon / 3));
    for (let person = 0; person < n; person += 1) {
      const base = person * n;
      let best = Number.POSITIVE_INFINITY;
      for (let object = 0; object < n; object += 1) {
        best = Math.min(best, (costs[base + object] as number) + (prices[object] as number));
      }
      const object = objectOf[person] as number;
      if ((costs[base + object] as number) + (prices[object] as number) <= best + epsilon) continue;
      objectOf[person] = -1;
      personOf[object] = -1;
      waiting.push(person);
    }
  }
  return objectOf.reduce((sum, object, person) => sum + (given[person * n + object] as number), 0);
}
