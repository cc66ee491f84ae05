import {
  type ColumnSchema,
  emptyColumn,
  type Finding,
  type Profile,
  type Quality,
  type SchemaVersion,
  type Version,
} from "@troupe/data";
import { KindStory } from "../story.test-data.ts";
import { cleanGoalSchema } from "./goal.ts";
import { cleanKind } from "./kind.ts";
import { recallTask } from "./knowledge.ts";

export const source = "/data/movies.json";

/** A source of 100 rows with the columns of a film list. */
export function profileOf(over: Partial<Profile> = {}): Profile {
  const names = ["title", "released", "director", "rating", "votes", "budget"];
  return {
    source: { path: source, format: "json", bytes: 5000, sha256: "0".repeat(64) },
    rows: 100,
    duplicates: 0,
    columns: names.map((name) => ({
      ...emptyColumn,
      name,
      nulls: name === "director" ? 3 : 0,
      distinct: 90,
    })),
    ...over,
  };
}

export const column = (name: string, over: Partial<ColumnSchema> = {}): ColumnSchema => ({
  name,
  type: "text",
  nullable: false,
  placeholders: [],
  confidence: 1,
  evidence: "seen",
  ...over,
});

export const version = (output: string, over: Partial<Version> = {}): Version => ({
  output,
  rows: 100,
  quarantined: 0,
  duplicates: 0,
  reasons: [],
  ...over,
});

export const finding = (name: string): Finding => ({
  rule: `plausible-${name}`,
  kind: "plausible-time",
  column: name,
  violations: 4,
  share: 0.04,
  severity: "block",
  examples: [{ row: 7, value: "2068-01-01" }],
  diagnosis: "a century late",
});

export const quality: Quality = { rows: 100, rules: 2, score: 100, findings: [] };
export const rule = {
  id: "plausible-released",
  kind: "plausible-time",
  column: "released",
  severity: "block",
  why: "films were released in the past",
} as const;

interface Before {
  readonly before: SchemaVersion | null;
  readonly profile: Profile | null;
}
const nothingBefore: Before = { before: null, profile: null };

/** A cleaning goal followed by hand. */
export class Story extends KindStory {
  /** @param before the version before, as it is recalled */
  constructor(document: Readonly<Record<string, unknown>> = {}, before: Before = nothingBefore) {
    super(cleanKind, cleanGoalSchema.parse({ kind: "clean", source, ...document }));
    this.done(recallTask, before);
  }
}

/** A goal whose source has been looked at and agreed on, and planned for. */
export function plannedStory(
  schema: readonly ColumnSchema[],
  profile: Profile = profileOf(),
): Story {
  return new Story().done("profile", profile).agreed(schema).planned();
}
