/**
 * How likely at most `count` of something come where `mean` are expected and each comes by itself (Poisson).
 *
 * @returns 0 to 1
 */
export function atMost(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let at = 0; at <= count; at += 1) {
    sum += term;
    term *= mean / (at + 1);
  }
  return sum;
}

/**
 * How likely `count` of something or more come where `mean` are expected and each comes by itself (Poisson).
 *
 * @returns 0 to 1
 */
export function atLeast(count: number, mean: number): number {
  if (count <= mean) return 1 - atMost(count - 1, mean);
  let term = Math.exp(-mean);
  for (let at = 1; at <= count; at += 1) term *= mean / at;
  let sum = 0;
  // What is further out than this adds nothing that a number can hold.
  for (let at = count + 1; term > sum * Number.EPSILON; at += 1) {
    sum += term;
    term *= mean / at;
  }
  return Math.min(1, sum);
}
