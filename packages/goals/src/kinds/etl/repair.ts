import { type CheckFinding, findingSchema, QualityError } from "@troupe/data";
import { type Fact, type Plan, repairPlan } from "@troupe/planning";
import { z } from "zod";
import type { GoalState, PendingRepair } from "../../goal/state.ts";
import type { GoalKind } from "../kind.ts";
import { endedSteps, factsAfter, progressOf } from "../progress.ts";
import { type Remedy, remediesFor } from "../remedies.ts";
import { initialFacts } from "./facts.ts";
import { type EtlKnowledge, EtlProgress, knowledgeOf } from "./knowledge.ts";
import { learnedDomain } from "./learned-domain.ts";
import { plannedEtl } from "./planned-etl.ts";
import { rulesOf } from "./planning-rules.ts";

/** Faults as the tasks that look for them tell, and as they are kept for those that answer them. */
export const faultsSchema = z.array(
  z.object({
    /** A source, or `output`. */
    at: z.string(),
    /** Column or check. */
    name: z.string(),
    pattern: z.enum(["rule", "unreadable", "check"]),
    share: z.number(),
    diagnosis: z.string(),
    /** Of a rule. */
    finding: findingSchema.optional(),
    /** Of a check: the column that is to blame. */
    column: z.string().optional(),
    /** Whether the goal itself says what type the column has. */
    declared: z.boolean().optional(),
  }),
);
export type EtlFault = z.output<typeof faultsSchema>[number];

/** Findings of checks as faults of the output. */
export function faultsOf(findings: readonly CheckFinding[]): EtlFault[] {
  return findings.map(({ check, column, share, violations }) => ({
    at: "output",
    name: check,
    pattern: "check",
    share,
    diagnosis: `${violations} rows break the check '${check}'`,
    ...(column === undefined ? {} : { column }),
  }));
}

/** @throws QualityError with the faults for a repair */
export function refuseFaults(faults: readonly EtlFault[]): void {
  if (faults.length === 0) return;
  throw new QualityError(faults.map(({ diagnosis }) => diagnosis).join("; "), faults);
}

/** Actions by the remedy that they are. */
const actions: readonly Remedy[] = ["validate", "relax", "blank", "set-aside", "drop-column"];

/**
 * Repairs the plan of an ETL goal that found faults: for each fault the remedies that may be used become
 * facts, and the planner puts the one that loses least before the next look.
 */
export function repairEtl(
  state: GoalState,
  failure: PendingRepair,
): ReturnType<GoalKind["repair"]> {
  const details = z.object({ findings: faultsSchema }).safeParse(failure.error.details);
  const faults = details.success ? details.data.findings : [];
  if (faults.length === 0) return { ok: false, why: "the failure names no finding to act on" };
  const knowledge = knowledgeOf(state);
  const progress = new EtlProgress(state, knowledge);
  const found = faults.map((fault) => ({ fault, ...remedies(fault, knowledge, progress) }));
  const hopeless = found.filter((one) => one.remedies.length === 0);
  if (hopeless.length > 0) {
    const words = hopeless.map(
      ({ fault, why }) => `nothing may be done about '${fault.name}': ${why}`,
    );
    return { ok: false, why: words.join("; ") };
  }
  const plan = state.plan as Plan;
  const facts: Fact[] = [...factsNow(state, knowledge)];
  for (const { fault, remedies: usable } of found) {
    facts.push(["fault", fault.at, fault.name]);
    facts.push(...usable.map((remedy): Fact => [`can-${remedy}`, fault.at, fault.name]));
  }
  const failed = state.tasks[failure.task];
  const { domain } = rulesOf(plan);
  const result = repairPlan(learnedDomain(domain, state.experience), plan, {
    ...progressOf(state, domain),
    failed: failed?.of ?? failure.task,
    facts,
  });
  if (result.kind !== "repaired") return { ok: false, why: result.why };
  const { kept, removed, added } = result;
  return {
    ok: true,
    work: { ...plannedEtl(result.plan, knowledge), kept, removed, added, learned: faults },
  };
}

/** What may be done about a fault, by what the goal allows and what was done before. */
function remedies(fault: EtlFault, { goal }: EtlKnowledge, progress: EtlProgress) {
  const tried = actions.filter((action) =>
    fault.at === "output"
      ? progress.done([action], fault.name).length > 0
      : progress.done([action], fault.at, fault.name).length > 0,
  );
  const check = goal.checks.find(({ name }) => name === fault.name);
  const column = progress.designed?.fit.columns.find(({ name }) => name === fault.column);
  const refused: Partial<Record<Remedy, string>> = {};
  for (const remedy of ["blank", "set-aside", "drop-column"] as const) {
    if (check !== undefined && !check.remedies.includes(remedy)) {
      refused[remedy] = `the check does not allow '${remedy}'`;
    }
  }
  if (column === undefined) {
    refused.blank ??= "it names no column of the output";
    refused["drop-column"] ??= "it names no column of the output";
  } else {
    if (!column.nullable) refused.blank ??= `'${column.name}' may not be without a value`;
    if (!column.optional) refused["drop-column"] ??= `'${column.name}' is not optional`;
  }
  if (fault.declared === true) refused.relax = `the goal says what type '${fault.name}' has`;
  return remediesFor(fault, {
    tried,
    refused,
    setAsideLimit: goal.limits.setAside,
  });
}

/** What holds now: what held at first, as far as finished steps have not changed it, and what they brought. */
export function factsNow(state: GoalState, knowledge: EtlKnowledge): readonly Fact[] {
  const progress = new EtlProgress(state, knowledge);
  const { domain, knows } = rulesOf(state.plan);
  const initial = initialFacts(knowledge, (source) => progress.readings(source)).filter(knows);
  return factsAfter(domain, initial, endedSteps(state));
}
