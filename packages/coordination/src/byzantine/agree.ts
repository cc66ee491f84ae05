import type { ActorSystem, Ref } from "@troupe/actor";
import { InvalidSpecError, OperationFailedError, UndecidedError } from "../errors.ts";
import { type AgreementClientOptions, agreementClientActor } from "./client-actor.ts";
import type { AgreementClientMessages, ReplicaMessages } from "./protocol.ts";
import { type ReplicaOptions, replicaActor } from "./replica.ts";

/** An operation that the group has put in order and executed. */
export interface Agreed {
  /** The place in the order of the batch it was in. */
  readonly sequence: number;
  /** What the machine answered. */
  readonly result: unknown;
}

/** Longer than an answer takes that the client sends when its time is over. */
const answerMs = 1000;

/**
 * Starts a replica of the group on this node. Its address is the one that the group names.
 *
 * @throws InvalidSpecError when the group has no such replica, or at another address
 */
export function startReplica(system: ActorSystem, options: ReplicaOptions): Ref<ReplicaMessages> {
  const name = nameAt(system, options.group.replicas, options);
  return system.spawn(replicaActor(options), { name });
}

/**
 * Starts a client of the group on this node, to be handed to {@link agree}. Its address is the one that
 * the group names.
 *
 * @throws InvalidSpecError when the group has no such client, or at another address
 */
export function startAgreementClient(
  system: ActorSystem,
  options: AgreementClientOptions,
): Ref<AgreementClientMessages> {
  const name = nameAt(system, options.group.clients, options);
  return system.spawn(agreementClientActor(options), { name });
}

/**
 * Has a replica group put an operation in order and execute it, though up to `f` replicas lie.
 *
 * Resolves when `f + 1` replicas gave the same answer. An operation is executed at most once for each
 * call; one that is called again after an `UndecidedError` may be executed twice, so give operations
 * an id of your own where that matters.
 *
 * @param operation plain JSON data, for the group's machine
 * @param options `withinMs`: how long to try, milliseconds
 * @throws OperationFailedError when the machine refused it
 * @throws UndecidedError when too few answers came in time; it may be executed later
 * @throws AskError when the client cannot be asked
 */
export async function agree(
  client: Ref<AgreementClientMessages>,
  operation: unknown,
  { withinMs }: { readonly withinMs: number },
): Promise<Agreed> {
  const submitted = await client.ask(
    "submit",
    { operation, withinMs },
    { withinMs: withinMs + answerMs },
  );
  if (submitted.kind === "executed") {
    return { sequence: submitted.sequence, result: submitted.value };
  }
  if (submitted.kind === "failed") {
    throw new OperationFailedError(submitted.sequence, submitted.error);
  }
  throw new UndecidedError(withinMs);
}

/** The last part of a member's address, which has to be a top-level actor of this node. */
function nameAt(
  { node }: ActorSystem,
  members: readonly { readonly name: string; readonly address: string }[],
  { group, name }: { readonly group: { readonly name: string }; readonly name: string },
): string {
  const address = members.find((member) => member.name === name)?.address;
  const [at, actor, ...deeper] = address?.split("/") ?? [];
  if (at === node && actor !== undefined && deeper.length === 0) return actor;
  const why =
    address === undefined
      ? `it has no member '${name}': name it in the group`
      : `'${name}' lives at ${address}, not on the top level of node '${node}': start it there, or give the group its right address`;
  throw new InvalidSpecError("replica group", group.name, [why]);
}
