import { driftSchema, faultSchema, nameInFile, publishedSchema, reasonSchema } from "@troupe/data";
import { z } from "zod";
import type { GoalState } from "../../goal/state.ts";
import { delegationSchema } from "../../parts/team.ts";
import { knowledgeOf } from "./knowledge.ts";
import { reasonsOf } from "./orders.ts";

/** The result of a `clean` goal. `source` = `kept` + `quarantined` + `duplicates` rows. */
export const cleanResultSchema = z.object({
  dataset: z.string(),
  /** Folder of this version. */
  folder: z.string(),
  files: publishedSchema.shape.files,
  rows: publishedSchema.shape.rows,
  /** Of several files: what became of the rows of each, in their order, and how the files differ. */
  sources: publishedSchema.shape.sources,
  differences: publishedSchema.shape.differences,
  reasons: z.array(reasonSchema),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      /** What the file calls it; null when the file has none such. Default: the same. */
      from: z.string().nullable().exactOptional(),
    }),
  ),
  quality: z.object({ score: z.number(), findings: z.number() }),
  /** What stands out in the source, the surest first; rows of hard faults were set aside. */
  faults: z.array(faultSchema.omit({ rowNumbers: true })).optional(),
  /** Rules of the inspection that were switched off, by the goal or on the node. */
  rulesOff: z.array(z.string()).optional(),
  /** Of a large file: the tasks that were done in parts, which nodes had a share, and workers that were lost on the way. */
  delegations: z
    .array(delegationSchema.omit({ map: true }).extend({ task: z.string() }))
    .optional(),
  /** What changed since the version before, when there was one. */
  drift: driftSchema.optional(),
  /** What was done about that, in one sentence each. */
  adapted: z.array(z.string()).optional(),
});
export type CleanResult = z.output<typeof cleanResultSchema>;

/** The result of a cleaning goal whose dataset is published. */
export function resultOf(state: GoalState): CleanResult {
  const knowledge = knowledgeOf(state);
  const publication = Object.values(state.tasks).find(({ type }) => type === "publish");
  const { folder, files, rows, sources, differences, drift } = publishedSchema.parse(
    publication?.facts,
  );
  return {
    dataset: knowledge.dataset,
    folder,
    files,
    rows,
    ...(sources === undefined ? {} : { sources, differences }),
    reasons: [...reasonsOf(knowledge)],
    columns: knowledge.schema.map(({ name, type }) => {
      const from = nameInFile(knowledge.profile.source, name) ?? null;
      return { name, type, ...(from === name ? {} : { from }) };
    }),
    ...(drift === undefined ? {} : { drift, adapted: [...knowledge.adapted] }),
    ...(knowledge.profile.faults === undefined
      ? {}
      : { faults: knowledge.profile.faults.map(({ rowNumbers: _rows, ...fault }) => fault) }),
    ...(knowledge.profile.rulesOff === undefined
      ? {}
      : { rulesOff: [...knowledge.profile.rulesOff] }),
    ...delegationsOf(state),
    quality: {
      score: knowledge.quality?.score ?? 0,
      findings: knowledge.quality?.findings.length ?? 0,
    },
  };
}

const delegatedFacts = z.object({ delegation: delegationSchema });

function delegationsOf({ tasks }: GoalState): Pick<CleanResult, "delegations"> {
  const delegations = Object.values(tasks).flatMap(({ id, status, facts }) => {
    const told = delegatedFacts.safeParse(facts);
    if (status !== "done" || !told.success) return [];
    const { map: _map, ...delegation } = told.data.delegation;
    return [{ task: id, ...delegation }];
  });
  return delegations.length === 0 ? {} : { delegations };
}
