import type { ActorContext, Cluster, Definitions, TraceContext } from "@troupe/actor";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState, PendingRepair } from "../goal/state.ts";
import type { Conference, Deliberation } from "../kinds/kind.ts";
import { reachAgreement } from "./agreement.ts";

type Of<Type extends GoalRecord["type"]> = Extract<GoalRecord, { type: Type }>;

/**
 * Lets the analysts settle what the data is, before the plan is made.
 *
 * @throws NoAgentsError, NoProposalsError as of `reachAgreement`
 */
export async function deliberate<D extends Definitions>(
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
    },
    trace,
  );
  const agreement = deliberation.conclude(state, { fields, votes: rest.votes });
  return { type: "deliberated", agreement, ...rest };
}

/**
 * Lets the analysts settle what to make of a failure, before the plan is repaired for it.
 *
 * @throws NoAgentsError, NoProposalsError as of `reachAgreement`
 */
export async function confer<D extends Definitions>(
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
    },
    trace,
  );
  return { type: "conferred", task: failure.task, agreement: { ...fields }, ...rest };
}
