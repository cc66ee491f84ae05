/** What was found wrong, as far as it decides what may be done about it. */
interface Fault {
  /** What is at fault: a column, or a check. */
  readonly name: string;
  readonly pattern: FaultPattern;
  /** Share of rows, 0 to 1. */
  readonly share: number;
}

/**
 * - `rule`: values break a rule that the data itself suggests, such as times that have not happened yet.
 * - `unreadable`: values can't be read in the type that the column is taken to have.
 * - `check`: rows break what the publisher asked for.
 */
type FaultPattern = "rule" | "unreadable" | "check";

/** What can be done about a fault. */
export type Remedy = "validate" | "relax" | "blank" | "set-aside" | "drop-column";

/** What decides whether a remedy may be used. */
export interface RemedyTerms {
  /** Remedies of this fault that were done before. */
  readonly tried: readonly Remedy[];
  /** Remedies that are not allowed here, and why. Default: all are. */
  readonly refused?: Readonly<Partial<Record<Remedy, string>>>;
  /** Largest share of rows that may be set aside, 0 to 1. Default: all of them. */
  readonly setAsideLimit?: number;
}

/** For each pattern what may help, what loses least first. */
const alternatives: Readonly<Record<FaultPattern, readonly Remedy[]>> = {
  rule: ["validate"],
  unreadable: ["relax"],
  check: ["blank", "set-aside", "drop-column"],
};

const done: Readonly<Record<Remedy, string>> = {
  validate: "was validated before and is still faulty",
  relax: "is read as text already",
  blank: "was emptied before and is still faulty",
  "set-aside": "had rows set aside before and is still faulty",
  "drop-column": "was left out before",
};

/** What may be done about a fault, what loses least first; and why not, for the rest. */
export function remediesFor(
  { name, pattern, share }: Fault,
  { tried, refused = {}, setAsideLimit = 1 }: RemedyTerms,
): { readonly remedies: readonly Remedy[]; readonly why: string } {
  const reasons: string[] = [];
  const remedies = alternatives[pattern].filter((remedy) => {
    const why = tried.includes(remedy)
      ? `'${name}' ${done[remedy]}`
      : (refused[remedy] ??
        (remedy === "set-aside" && share > setAsideLimit
          ? `${percent(share)} of the rows would be set aside, and ${percent(setAsideLimit)} is the limit`
          : undefined));
    if (why !== undefined) reasons.push(why);
    return why === undefined;
  });
  return { remedies, why: reasons.join("; ") };
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100} %`;
}
