import { type Finding, findingSchema, isTreatable, treatments } from "@troupe/data";
import { z } from "zod";
import type { GoalState } from "../../goal/state.ts";
import type { Conference } from "../kind.ts";
import { lookingMs } from "./analysis-time.ts";
import { knowledgeOf } from "./knowledge.ts";

const treatmentSchema = z.enum(treatments);

/** Before rows are changed or set aside for what the gate found, the analysts agree on each finding. */
export const findingsConference: Conference = {
  quorum: 3,
  concerns: ({ details }) => findingsOf(details).some(isTreatable),
  subject: (state, { error }) => ({
    input: knowledgeOf(state).versions.at(-1)?.output,
    findings: findingsOf(error.details).filter(isTreatable),
    referenceTime: state.acceptedAt,
  }),
  readField: ({ error }, rule, value) => {
    const finding = findingsOf(error.details).find((one) => one.rule === rule);
    const treatment = treatmentSchema.safeParse(value);
    if (finding === undefined || !treatment.success) return undefined;
    const isKnown = treatment.data !== "mend" || finding.slippedFrom !== undefined;
    return isKnown ? { key: treatment.data, value: treatment.data } : undefined;
  },
  // What nobody knows how to treat stays as it is, and is reported.
  fallback: () => "keep",
  lookingMs,
};

/** The findings of a gate, as the failed task tells them. */
export function findingsOf(details: unknown): readonly Finding[] {
  const parsed = z.object({ findings: z.array(findingSchema) }).safeParse(details);
  return parsed.success ? parsed.data.findings : [];
}

/** Findings with what is to be done about them by what was agreed on after a failure. */
export function treated(
  findings: readonly Finding[],
  task: string,
  state: GoalState,
): readonly Finding[] {
  const agreed = state.conferred?.[task]?.agreement ?? {};
  return findings.map((finding) => {
    const treatment = treatmentSchema.safeParse(agreed[finding.rule]);
    return treatment.success ? { ...finding, treatment: treatment.data } : finding;
  });
}

/** Rules of which the analysts agreed that what breaks them is to be kept. */
export function waivedRules({ conferred = {} }: GoalState): ReadonlySet<string> {
  return new Set(
    Object.values(conferred).flatMap(({ agreement }) =>
      Object.entries(agreement).flatMap(([rule, treatment]) =>
        treatment === "keep" ? [rule] : [],
      ),
    ),
  );
}
