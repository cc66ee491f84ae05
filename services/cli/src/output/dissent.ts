import { dissentInWords, dissentOf, type GoalView } from "@troupe/goals";
import type { Screen } from "./screen.ts";
import { printable, truncate } from "./text.ts";

/** One line for each analyst that said something else than was decided. */
export function dissentLines({ proposals, votes }: GoalView, { width }: Screen): readonly string[] {
  return dissentOf(proposals, votes).map((dissent) =>
    truncate(`${printable(dissent.member)}  ${dissentInWords(dissent)}`, width),
  );
}
