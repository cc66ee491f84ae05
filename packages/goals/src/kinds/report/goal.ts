import { chartSpecSchema } from "@troupe/data";
import { z } from "zod";
import { goalIdSchema } from "../../goal/goal.ts";
import { outputNameSchema } from "../output-name.ts";

/** Most files of one report. */
const sourceLimit = 16;
/** Most sections of one report. */
const sectionLimit = 40;

/** Names in queries; they become parts of file names and task names too. */
const sourceNameSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_]{0,39}$/,
    "must be 1 to 40 letters, digits or '_', beginning with a letter",
  );

/** One question that the report answers. */
const reportSectionSchema = z.strictObject({
  /** Unique in the report; its files and its place in the page are named so. */
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,53}$/,
      "must be 1 to 54 letters, digits, '-' or '_', beginning with a letter or digit",
    ),
  title: z.string().min(1).max(200),
  /** What readers want to know. */
  question: z.string().min(1).max(500).optional(),
  /** One SELECT over the sources by their names. Without ORDER BY the order of rows is left to chance. */
  query: z.string().min(1).max(10_000),
  /** Default: no chart, only findings and a table. */
  chart: chartSpecSchema.optional(),
  /** True: without it the report appears all the same, and says why it is missing. Default false. */
  optional: z.boolean().optional(),
});
export type ReportSection = z.output<typeof reportSectionSchema>;

/** "Answer these questions from these files, with charts, in one report." */
export const reportGoalSchema = z
  .strictObject({
    id: goalIdSchema.optional(),
    kind: z.literal("report"),
    title: z.string("must be the title of the report").min(1).max(200),
    /** Paths of the files, as the nodes see them, by the names that queries call them. */
    sources: z
      .record(sourceNameSchema, z.string("must be the path of a file").min(1).max(4096))
      .refine(
        (sources) => Object.keys(sources).length > 0 && Object.keys(sources).length <= sourceLimit,
        `must name 1 to ${sourceLimit} files`,
      ),
    /** Default: chosen by what is in the files. */
    sections: z.array(reportSectionSchema).min(1).max(sectionLimit).optional(),
    /** Name of the report. Default: made from the title. */
    output: outputNameSchema.optional(),
  })
  .superRefine(({ sources, sections = [] }, context) => {
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: "custom", path, message });
    };
    const names = Object.keys(sources);
    for (const name of repeated(names)) {
      refuse(["sources", name], `'${name}' is another source's name too, but for its case`);
    }
    // They become files, and some disks do not tell cases apart either.
    const twice = repeated(sections.map(({ id }) => id));
    for (const [index, { id, query }] of sections.entries()) {
      if (twice.has(id)) {
        refuse(["sections", index, "id"], `'${id}' is another section's id too: rename one`);
      }
      if (reservedIds.has(id.toLowerCase())) {
        refuse(
          ["sections", index, "id"],
          `'${id}' is the name of another file: rename the section`,
        );
      }
      if (sourcesIn(query, names).length === 0) {
        const known = names.map((name) => `'${name}'`).join(", ");
        refuse(["sections", index, "query"], `names none of the sources: select from ${known}`);
      }
    }
  });
export type ReportGoal = z.output<typeof reportGoalSchema>;

/** Sections share a folder with these, and a page with the list of sources. */
const reservedIds: ReadonlySet<string> = new Set(["manifest", "report", "sources"]);

function repeated(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const found = names.filter((name) => {
    const isKnown = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return isKnown;
  });
  return new Set(found);
}

/** Sources that a query may need: those whose names stand somewhere in it. */
export function sourcesIn(query: string, names: readonly string[]): readonly string[] {
  const words = new Set(query.toLowerCase().match(/[a-z][a-z0-9_]*/g));
  return names.filter((name) => words.has(name.toLowerCase()));
}

/** The report's name: as asked for, or from its title with odd characters replaced. */
export function reportName({ output, title }: Pick<ReportGoal, "output" | "title">): string {
  if (output !== undefined) return output;
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, 64);
  return name.replace(/-$/, "") || "report";
}
