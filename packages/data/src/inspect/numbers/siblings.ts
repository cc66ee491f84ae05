import type { SurveyColumn } from "../survey.ts";

/** Columns of one kind that must have something in common before it is a habit of theirs. */
const several = 3;
/** Share of a column's numbers that are not negative where negative ones are rare. */
const mostly = 0.9;

/**
 * Columns with rare negative numbers as their siblings have them too: what several columns of one kind share is how
 * such amounts are, and no slip. Three of a kind, or all where there are but two, must have them.
 *
 * @returns indices of the columns
 */
export function sharedNegatives(columns: readonly SurveyColumn[]): ReadonlySet<number> {
  const families = new Map<string, SurveyColumn[]>();
  for (const column of columns) {
    if (column.kind !== "number") continue;
    const kind = kindOfName(column.name);
    families.set(kind, [...(families.get(kind) ?? []), column]);
  }
  const shared = [...families.values()].flatMap((family) => {
    const negative = family.filter(
      ({ lowest, positive, present }) => lowest < 0 && positive >= present * mostly,
    );
    const habit =
      negative.length >= several || (negative.length > 1 && negative.length === family.length);
    return habit ? negative : [];
  });
  return new Set(shared.map(({ index }) => index));
}

/** What names of columns of one kind have in common: all but the digits, else the last word. */
function kindOfName(name: string): string {
  const lower = name.toLowerCase();
  if (/\d/.test(lower)) return lower.replace(/\d+/g, "#");
  return lower.split(/[^\p{L}]+/u).findLast((word) => word !== "") ?? lower;
}
