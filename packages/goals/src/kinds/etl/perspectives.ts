import type { Perspective } from "@troupe/agents";
import {
  columnKey,
  columnSchema,
  type Engine,
  judgeColumn,
  type Lens,
  lenses,
  profileSchema,
  proposeSchema,
} from "@troupe/data";
import { z } from "zod";

const subjectSchema = z.object({ profiles: z.record(z.string(), profileSchema) });

/** Names of sources have no dots, so the first one ends the source's. */
export function fieldOf(source: string, column: string): string {
  return `${source}.${column}`;
}

/** The points of view of the analysts of one node on several sources. The seed decides which rows a sample takes. */
export function etlPerspectives(engine: Engine, seed: number): readonly Perspective[] {
  return lenses.map((lens) => perspective(engine, lens, seed));
}

function perspective(engine: Engine, lens: Lens, seed: number): Perspective {
  return {
    name: lens,
    propose: async (subject, signal) => {
      const { profiles } = subjectSchema.parse(subject);
      const fields: Record<string, { readonly key: string; readonly value: unknown }> = {};
      let columns = 0;
      for (const [source, profile] of Object.entries(profiles)) {
        for (const column of await proposeSchema(engine, profile, lens, seed, signal)) {
          fields[fieldOf(source, column.name)] = { key: columnKey(column), value: column };
          columns += 1;
        }
      }
      const sources = Object.keys(profiles).length;
      return { fields, summary: `by ${lens}: ${columns} columns of ${sources} sources` };
    },
    judge: async (subject, field, alternatives, signal) => {
      const { profiles } = subjectSchema.parse(subject);
      const source = field.slice(0, field.indexOf("."));
      const profile = profiles[source];
      if (profile === undefined) {
        return { choice: undefined, reason: `there is no source '${source}'` };
      }
      const columns = z.array(columnSchema).parse(alternatives);
      return judgeColumn(engine, profile, lens, columns, seed, signal);
    },
  };
}
