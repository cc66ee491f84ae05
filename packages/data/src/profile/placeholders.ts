/** Tokens that mean "nothing" wherever they stand alone. */
const unambiguous = new Set(["n/a", "#n/a", "null", "nan", "none", "nil", "(null)", "undefined"]);
/** Tokens that mean it only where everything else is of another kind. */
const ambiguous = new Set(["na", "unknown", "missing", "x", "-999", "-9999", "9999"]);
/** Values that are not words of any kind must be rarer than this to be taken for placeholders. */
const rareShare = 0.3;

interface Candidate {
  readonly value: string;
  readonly rows: number;
}

interface Evidence {
  /** Values that are not null. */
  readonly present: number;
  /** Of these: values that hold a letter or digit. */
  readonly worded: number;
  /** Of these: values that are numbers or dates. */
  readonly typed: number;
}

/**
 * Which of a column's values stand for "nothing". Punctuation on its own among words or numbers does;
 * so do the usual tokens; doubtful ones ("NA" may be Namibia) only in a column of numbers or dates.
 */
export function findPlaceholders(
  values: readonly Candidate[],
  evidence: Evidence,
): readonly { readonly token: string; readonly rows: number }[] {
  const { present, worded, typed } = evidence;
  const restTyped = (rows: number): boolean => typed > 0 && typed >= (present - rows) * 0.95;
  return values
    .filter(({ value, rows }) => {
      const token = value.trim().toLowerCase();
      if (token === "" || rows > present * rareShare) return false;
      if (unambiguous.has(token)) return true;
      if (ambiguous.has(token)) return restTyped(rows) && Number.isNaN(Number(token));
      return !/[\p{L}\p{N}]/u.test(token) && token.length <= 3 && worded >= (present - rows) * 0.95;
    })
    .map(({ value, rows }) => ({ token: value, rows }));
}
