import type { Perspective } from "@troupe/agents";
import {
  columnKey,
  columnSchema,
  type Engine,
  findingSchema,
  judgeColumn,
  judgeTreatment,
  type Lens,
  lenses,
  profileSchema,
  proposeSchema,
  proposeTreatment,
  type Treatment,
  treatments,
} from "@troupe/data";
import { z } from "zod";

const schemaSubject = z.object({ profile: profileSchema });
const findingsSubject = z.object({
  input: z.string(),
  findings: z.array(findingSchema),
  referenceTime: z.number(),
});
/** What analysts are asked about: what the columns are, or what to make of what a gate found. */
const subjectSchema = z.union([findingsSubject, schemaSubject]);

/** The points of view of the analysts of one node. The seed decides which rows the sample takes. */
export function cleanPerspectives(engine: Engine, seed: number): readonly Perspective[] {
  return lenses.map((lens) => perspective(engine, lens, seed));
}

function perspective(engine: Engine, lens: Lens, seed: number): Perspective {
  return {
    name: lens,
    propose: async (subject, signal) => {
      const asked = subjectSchema.parse(subject);
      if ("findings" in asked) return treat(engine, asked, lens, seed, signal);
      const columns = await proposeSchema(engine, asked.profile, lens, seed, signal);
      const types = Map.groupBy(columns, ({ type }) => type);
      const counts = [...types].map(([type, same]) => `${same.length} ${type}`).join(", ");
      return {
        fields: Object.fromEntries(
          columns.map((column) => [column.name, { key: columnKey(column), value: column }]),
        ),
        summary: `by ${lens}: ${counts}`,
      };
    },
    judge: async (subject, field, alternatives, signal) => {
      const asked = subjectSchema.parse(subject);
      if (!("findings" in asked)) {
        const columns = z.array(columnSchema).parse(alternatives);
        return judgeColumn(engine, asked.profile, lens, columns, seed, signal);
      }
      const finding = asked.findings.find(({ rule }) => rule === field);
      if (finding === undefined) return { choice: undefined, reason: "there is no such finding" };
      const ways = z.array(z.enum(treatments)).parse(alternatives);
      return judgeTreatment(engine, { ...asked, finding }, lens, ways, seed, signal);
    },
  };
}

async function treat(
  engine: Engine,
  { findings, ...place }: z.output<typeof findingsSubject>,
  lens: Lens,
  seed: number,
  signal: AbortSignal,
) {
  const fields: Record<string, { key: string; value: Treatment }> = {};
  for (const finding of findings) {
    const value = await proposeTreatment(engine, { ...place, finding }, lens, seed, signal);
    fields[finding.rule] = { key: value, value };
  }
  const words = Object.entries(fields).map(([rule, { key }]) => `${key} for ${rule}`);
  return { fields, summary: `by ${lens}: ${words.join(", ")}` };
}
