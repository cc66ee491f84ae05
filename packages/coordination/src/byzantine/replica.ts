import {
  type Actor,
  type ActorContext,
  defineActor,
  type Journal,
  type Journaled,
  openJournaled,
} from "@troupe/actor";
import { noticed } from "../session/measured.ts";
import { sha256 } from "./digest.ts";
import {
  keepPledges,
  noPromises,
  type Promises,
  pledgesSchema,
  promisesSchema,
  recover,
} from "./durable.ts";
import type { ReplicaGroup } from "./group.ts";
import { encodeLedger } from "./ledger.ts";
import { agreementClientProtocol, type ReplicaMessages, replicaProtocol } from "./protocol.ts";
import type { Signatures } from "./signatures.ts";
import {
  type Decision,
  type Input,
  initialState,
  type Notice,
  type Outputs,
  type Pledge,
  type ReplicaState,
} from "./state.ts";
import { step } from "./step.ts";

/** What a replica is started with. */
export interface ReplicaOptions {
  readonly group: ReplicaGroup;
  /** Which of the group's replicas it is. */
  readonly name: string;
  /** Signs as `name`. */
  readonly signatures: Signatures;
  /**
   * Where it keeps what it has promised, as `journal.byzantine.<group>-<name>`. Without one a restart
   * forgets it: the replica then counts as one of the `f` faulty, for good.
   */
  readonly journal?: Journal;
  /** Told of every batch executed, in order; after a restart again from the last stable checkpoint. */
  readonly onDecision?: (decision: Decision) => void;
  /** Told of what an operator should see: lies, views, checkpoints. All of it is in the log, too. */
  readonly onNotice?: (notice: Notice) => void;
}

/** Steps between snapshots of what a replica has promised. */
const snapshotEvery = 64;

/**
 * One replica of a group as an actor: the pure machine of `step`, its journal, and the messages between.
 *
 * Nothing leaves the replica before its pledges are stored, and an input is taken when that of the
 * input before is done; what waits, waits in the mailbox. When the journal fails, the actor fails; it
 * starts again from what was stored.
 */
export function replicaActor(options: ReplicaOptions): Actor<ReplicaMessages> {
  return defineActor(replicaProtocol, async (context) => {
    const { group, name, signatures } = options;
    const identity = { group, name, signatures };
    const promises = await openPromises(options, context);
    const token = context.random.hex(16);
    const post = postOf(options, context, token);
    let state: ReplicaState =
      promises === undefined ? initialState(group) : recover(identity, promises.state);

    const take = (input: Input): undefined | Promise<void> => {
      const { state: next, outputs } = step(identity, state, input);
      state = next;
      if (outputs.pledges.length === 0 || promises === undefined) {
        post(outputs);
        return undefined;
      }
      return promises.append(outputs.pledges).then(() => post(outputs));
    };

    context.timers.once("status", 0, "timer", { timer: "status", token });
    return {
      request: (request) => take({ kind: "request", request }),
      peer: (message) => take({ kind: "message", message }),
      timer: ({ timer, token: shown }) =>
        shown === token ? take({ kind: "timer", timer, now: context.clock.now() }) : undefined,
      standing: () => ({
        view: state.view,
        changing: state.changing,
        executed: state.executed,
        stable: state.stable.sequence,
        digest: sha256(encodeLedger(state.ledger)),
        pending: state.pending.size,
        evidence: [...state.evidence.values()],
      }),
    };
  });
}

type Promised = Journaled<Promises, readonly Pledge[]>;

async function openPromises(
  { group, name, journal }: ReplicaOptions,
  { clock, random, log }: ActorContext<ReplicaMessages>,
): Promise<Promised | undefined> {
  if (journal === undefined) return undefined;
  return openJournaled({
    journal,
    clock,
    random,
    log,
    kind: "byzantine",
    key: `${group.name}-${name}`,
    version: 1,
    record: pledgesSchema,
    initial: noPromises,
    apply: keepPledges,
    snapshot: {
      every: snapshotEvery,
      schema: promisesSchema,
      version: 1,
      retain: "uncovered",
    },
  });
}

/** Sends a step's outputs where they belong. */
function postOf(
  { group, name, onDecision, onNotice }: ReplicaOptions,
  context: ActorContext<ReplicaMessages>,
  token: string,
): (outputs: Outputs) => void {
  const replicas = new Map(
    group.replicas.map((one) => [one.name, context.ref(replicaProtocol, one.address)]),
  );
  const others = [...replicas].filter(([other]) => other !== name).map(([, ref]) => ref);
  const clients = new Map(
    group.clients.map((one) => [one.name, context.ref(agreementClientProtocol, one.address)]),
  );
  const count = noticed(context, "agreement");
  return ({ messages, forwarded, replies, decisions, timers, notices }) => {
    for (const { to, message } of messages) {
      if (to === "others") for (const other of others) other.tell("peer", message);
      else replicas.get(to)?.tell("peer", message);
    }
    for (const { to, request } of forwarded) replicas.get(to)?.tell("request", request);
    for (const reply of replies) clients.get(reply.client)?.tell("reply", reply);
    for (const { timer, afterMs } of timers) {
      if (afterMs === undefined) context.timers.cancel(timer);
      else context.timers.once(timer, afterMs, "timer", { timer, token });
    }
    for (const notice of notices) {
      const level = notice.kind === "equivocation" || notice.kind === "diverged" ? "warn" : "debug";
      context.log(level, `replica ${notice.kind}`, { group: group.name, replica: name, ...notice });
      count(notice.kind);
      onNotice?.(notice);
    }
    if (decisions.length > 0) count("decided", decisions.length);
    // After the notices: a state that was taken over comes before what was executed upon it.
    for (const decision of decisions) onDecision?.(decision);
  };
}
