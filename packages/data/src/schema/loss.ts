import type { ColumnProfile } from "../profile/profile-schema.ts";
import { castOf, isPlaceholder } from "./cast.ts";
import type { ColumnSchema } from "./column-schema.ts";
import { storedType } from "./stored-type.ts";

/**
 * A condition that holds where a value, read as the column that somebody proposed, would not be what it was: it can't be read,
 * it is taken for nothing although nobody who looks at the data would, or a part of it goes. Proposals may be lies, so what
 * merely reads well is not enough.
 *
 * @param text an expression for the value as it is written, not null
 */
export function lossOf(proposed: ColumnSchema, profile: ColumnProfile, text: string): string {
  const stored = storedType(profile);
  if (stored !== "text" && stored !== "json" && ![stored, "text"].includes(proposed.type)) {
    return "true";
  }
  const known = new Set(profile.placeholders.map(({ token }) => token));
  const placeholders = proposed.placeholders.filter((token) => known.has(token) || isOdd(token));
  const column = { ...proposed, placeholders };
  const lost = [`${castOf(column, text)} IS NULL`, ...partsLost(column, text)];
  return `NOT ${isPlaceholder(column, text)} AND (${lost.join(" OR ")})`;
}

/** What goes though the value can be read. */
function partsLost({ type, format }: ColumnSchema, text: string): readonly string[] {
  switch (type) {
    case "boolean":
      return [`lower(trim(${text})) NOT IN ('true', 'false')`];
    case "integer":
    case "decimal":
      return [`regexp_matches(${text}, '^[-+]?0[0-9]')`];
    case "date": {
      const moment = castOf({ ...timestamp, ...(format === undefined ? {} : { format }) }, text);
      return [`coalesce(${moment} <> date_trunc('day', ${moment}), false)`];
    }
    case "text":
      return [`regexp_matches(${text}, '^[[{]')`];
    default:
      return [];
  }
}

const timestamp: ColumnSchema = {
  name: "",
  type: "timestamp",
  nullable: true,
  placeholders: [],
  confidence: 0,
  evidence: "",
};

/** No word and no number, and short. */
function isOdd(token: string): boolean {
  return !/[\p{L}\p{N}]/u.test(token) && token.trim().length <= 3;
}
