import { type Check, outputTypes } from "@troupe/data";
import type { EtlKnowledge, EtlProgress } from "./knowledge.ts";

/** Checks that can still be made, each with the column that is to blame. */
export function openChecks({ goal }: EtlKnowledge, progress: EtlProgress): readonly Check[] {
  const { checked = {}, fit } = progress.designed ?? {};
  const dropped = new Set(droppedColumns(goal.checks, progress));
  const known = outputTypes(fit?.columns ?? []);
  return goal.checks.flatMap((check) => {
    const named = checked[check.name] ?? [];
    if (named.some((name) => dropped.has(name))) return [];
    const column = check.column ?? named[0];
    const isKnown = known.some(({ name }) => name === column);
    return [column === undefined || !isKnown ? check : { ...check, column }];
  });
}

/** Columns that were left out of the output for the sake of a check. */
export function droppedColumns(checks: readonly Check[], progress: EtlProgress): readonly string[] {
  const { checked = {} } = progress.designed ?? {};
  return progress.done(["drop-column"]).flatMap(({ arguments: [name = ""] }) => {
    const check = checks.find((one) => one.name === name);
    return check?.column ?? checked[name]?.[0] ?? [];
  });
}
