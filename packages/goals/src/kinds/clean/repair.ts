import type { Finding } from "@troupe/data";
import { type Fact, type Plan, repairPlan } from "@troupe/planning";
import type { GoalState } from "../../goal/state.ts";
import type { Repair } from "../kind.ts";
import { plannedWork } from "../planned-work.ts";
import { endedSteps, factsAfter, progressOf } from "../progress.ts";
import { remediesFor } from "../remedies.ts";
import { initialFacts, knowledgeOf } from "./knowledge.ts";
import { domainOf, learnedDomain } from "./learned-domain.ts";

/**
 * Repairs the plan of a cleaning goal whose gate found faults: each column with a finding becomes
 * suspect, and the planner puts a validation of it before the next check.
 */
export function repairClean(
  state: GoalState,
  failed: string,
  findings: readonly Finding[],
): Repair {
  const earlier = knowledgeOf(state).findings;
  for (const finding of findings) {
    const { remedies, why } = remediesOf(finding, earlier);
    if (remedies.length === 0) return { ok: false, why };
  }
  // One validation mends a column for one rule; what else is found in it is found again afterwards.
  const learned = findings.filter(
    ({ column }, index) => findings.findLastIndex((other) => other.column === column) === index,
  );
  const result = repairPlan(learnedDomain(state, state.experience), state.plan as Plan, {
    ...progressOf(state, domainOf(state)),
    failed,
    facts: factsNow(state, findings),
  });
  if (result.kind !== "repaired") return { ok: false, why: result.why };
  const { kept, removed, added } = result;
  return {
    ok: true,
    work: { ...plannedWork(result.plan), kept, removed, added, learned },
  };
}

/** What may be done about a finding, by what was done about it before. */
function remediesOf({ rule, column, share }: Finding, earlier: readonly Finding[]) {
  const wasTried = earlier.some((other) => other.column === column && other.rule === rule);
  return remediesFor(
    { name: column, pattern: "rule", share },
    { tried: wasTried ? ["validate"] : [] },
  );
}

/** What holds now, and the suspicions. */
export function factsNow(state: GoalState, findings: readonly Finding[]): readonly Fact[] {
  const knowledge = knowledgeOf(state);
  const { dataset } = knowledge;
  const columns = new Set(findings.map(({ column }) => column));
  return [
    ...factsAfter(domainOf(state), initialFacts(knowledge), endedSteps(state)),
    ...[...columns].map((column): Fact => ["suspect", dataset, column]),
  ];
}
