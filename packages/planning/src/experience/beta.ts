/** A Beta distribution over an unknown probability: what is believed after so many successes and failures. */
export interface Beta {
  /** Successes, those of the prior included. Not negative. */
  readonly alpha: number;
  /** Failures, those of the prior included. Not negative. */
  readonly beta: number;
}

/** A parameter below this counts as none: the distribution then lies at one end, and its terms would overflow. */
const negligible = 1e-9;
/** Halvings of the interval in which a quantile lies: as many as a double has digits. */
const halvings = 53;
/** Terms of the continued fraction; it converges in the order of the root of the greater parameter. */
const mostTerms = 10_000;
const precision = 1e-14;
/** Stands for zero where the continued fraction would divide by it. */
const tiny = 1e-300;

/** The expected probability: `alpha / (alpha + beta)`. */
export function posteriorMean({ alpha, beta }: Beta): number {
  return alpha / (alpha + beta);
}

/**
 * The value above which the unknown probability lies with probability `credibility`: the other end of a one-sided
 * credible interval. Of a distribution of which most lies close to 1 it may be greater than the mean.
 *
 * @param credibility above 0 and below 1, by default 0.95
 */
export function lowerCredibleBound(distribution: Beta, credibility = 0.95): number {
  const { alpha, beta } = distribution;
  if (alpha < negligible) return 0;
  if (beta < negligible) return 1;
  let [low, high] = [0, 1];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (probabilityBelow(distribution, middle) < 1 - credibility) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Probability that the unknown probability is below `x`: the regularised incomplete beta function, by its
 * continued fraction (DLMF 8.17.22), evaluated by Lentz's method.
 */
export function probabilityBelow({ alpha, beta }: Beta, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly only on this side of the mean; the other side follows by symmetry.
  if (x > (alpha + 1) / (alpha + beta + 2)) {
    return 1 - probabilityBelow({ alpha: beta, beta: alpha }, 1 - x);
  }
  const logFront =
    alpha * Math.log(x) +
    beta * Math.log1p(-x) +
    logGamma(alpha + beta) -
    logGamma(alpha) -
    logGamma(beta);
  return (Math.exp(logFront) / alpha) * continuedFraction(alpha, beta, x);
}

function continuedFraction(a: number, b: number, x: number): number {
  const nonzero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= mostTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < precision) break;
  }
  return fraction;
}

/** Lanczos' approximation with g = 7 and nine terms. */
const lanczos: readonly [number, ...number[]] = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function, for `x` above 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const [first, ...terms] = lanczos;
  const sum = terms.reduce((all, term, i) => all + term / (x + i), first);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
