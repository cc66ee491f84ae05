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

const subjectSchema = z.object({ profile: profileSchema });

/** The points of view of the analysts of one node. The seed decides which rows the sample takes. */
export function cleanPerspectives(engine: Engine, seed: number): readonly Perspective[] {
  return lenses.map((lens) => perspective(engine, lens, seed));
}

function perspective(engine: Engine, lens: Lens, seed: number): Perspective {
  return {
    name: lens,
    propose: async (subject, signal) => {
      const { profile } = subjectSchema.parse(subject);
      const columns = await proposeSchema(engine, profile, lens, seed, signal);
      const types = Map.groupBy(columns, ({ type }) => type);
      const counts = [...types].map(([type, same]) => `${same.length} ${type}`).join(", ");
      return {
        fields: Object.fromEntries(
          columns.map((column) => [column.name, { key: columnKey(column), value: column }]),
        ),
        summary: `by ${lens}: ${counts}`,
      };
    },
    judge: (subject, _column, alternatives, signal) => {
      const { profile } = subjectSchema.parse(subject);
      return judgeColumn(
        engine,
        profile,
        lens,
        z.array(columnSchema).parse(alternatives),
        seed,
        signal,
      );
    },
  };
}
