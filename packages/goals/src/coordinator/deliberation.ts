import type { ActorContext, Cluster, Definitions, TraceContext } from "@troupe/actor";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState, PendingRepair } from "../goal/state.ts";
import type { Step } from "../goal/steps.ts";
import type { Conference, Deliberation, GoalKind } from "../kinds/kind.ts";
import { reachAgreement } from "./agreement.ts";

type Of<Type extends GoalRecord["type"]> = Extract<GoalRecord, { type: Type }>;

/** Steps for which analysts are asked. */
export type AskingStep = Extract<Step, { readonly do: "deliberate" | "confer" }>;

/**
 * Lets the analysts settle what a step needs: what the data is, before the plan is made; or what to make of a failure, before
 * the plan is repaired for it.
 *
 * @throws NoAgentsError, NoProposalsError as of `reachAgreement`; RangeError when goals of the kind have nothing to settle
 */
export async function askAnalysts<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  kind: GoalKind,
  state: GoalState,
  step: AskingStep,
  trace: TraceContext,
): Promise<GoalRecord> {
  const { name, deliberation, conference } = kind;
  if (step.do === "deliberate" && deliberation !== undefined) {
    return deliberate(context, cluster, { name, deliberation }, state, trace);
  }
  if (step.do === "confer" && conference !== undefined) {
    return confer(context, cluster, { name, conference }, state, step.failure, trace);
  }
  throw new RangeError(`goals of the kind '${name}' have nothing to ${step.do}`);
}

async function deliberate<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  kind: { readonly name: string; readonly deliberation: Deliberation },
  state: GoalState,
  trace: TraceContext,
): Promise<Of<"deliberated">> {
  const { deliberation } = kind;
  const { fields, ...rest } = await reachAgreement(
    context,
    cluster,
    {
      goal: state.id,
      name: "schema",
      capability: `analyse-${kind.name}`,
      quorum: deliberation.quorum,
      subject: deliberation.subject(state),
      readField: (field, value) => deliberation.readField(state, field, value),
      fallback: deliberation.fallback,
      lookingMs: deliberation.lookingMs?.(state) ?? 0,
    },
    trace,
  );
  const agreement = deliberation.conclude(state, { fields, votes: rest.votes });
  return { type: "deliberated", agreement, ...rest };
}

async function confer<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  kind: { readonly name: string; readonly conference: Conference },
  state: GoalState,
  failure: PendingRepair,
  trace: TraceContext,
): Promise<Of<"conferred">> {
  const { conference } = kind;
  const { fields, ...rest } = await reachAgreement(
    context,
    cluster,
    {
      goal: state.id,
      name: failure.task,
      capability: `analyse-${kind.name}`,
      quorum: conference.quorum,
      subject: conference.subject(state, failure),
      readField: (field, value) => conference.readField(failure, field, value),
      fallback: conference.fallback,
      lookingMs: conference.lookingMs?.(state) ?? 0,
    },
    trace,
  );
  return { type: "conferred", task: failure.task, agreement: { ...fields }, ...rest };
}
