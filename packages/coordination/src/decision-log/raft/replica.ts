import {
  type Actor,
  type ActorContext,
  type ActorSystem,
  defineActor,
  type Journal,
  openJournaled,
  type Ref,
} from "@troupe/actor";
import { InvalidSpecError } from "../../errors.ts";
import { noticed, timed } from "../../session/measured.ts";
import type { Decision } from "../decision-log.ts";
import { entryBytes } from "../entry-bytes.ts";
import { type Decided, firstKept } from "./decided.ts";
import { durableSchema, nothingStored, store, storedChangesSchema } from "./durable.ts";
import type { RaftGroup } from "./group.ts";
import { type Page, type RaftMessages, raftProtocol } from "./protocol.ts";
import { type Answer, type Input, type Outputs, type RaftState, startedState } from "./state.ts";
import { step } from "./step.ts";
import { WriteBehind } from "./write-behind.ts";

/** What a replica is started with. */
export interface RaftReplicaOptions {
  readonly group: RaftGroup;
  /** Which of the group's replicas it is. */
  readonly name: string;
  /**
   * Where it keeps its term, vote and log, as `journal.raft.<group>-<name>`. What it has acknowledged
   * must not be lost: with a journal that forgets, the replica must not come back under its name.
   */
  readonly journal: Journal;
  /** Told of every decision, in order; after a restart again from the replica's last snapshot. */
  readonly onDecision?: (decision: Decision) => void;
  /** Told of every step, when what it changed is stored: for tests and dashboards. */
  readonly onStep?: (before: RaftState, after: RaftState, outputs: Outputs) => void;
}

/** Writes between snapshots of the replica's journal. */
const journalSnapshotEvery = 64;

/**
 * Starts a replica of the group on this node. Its address is the one that the group names.
 *
 * @throws InvalidSpecError when the group has no such replica, or at another address
 */
export function startRaftReplica(
  system: ActorSystem,
  options: RaftReplicaOptions,
): Ref<RaftMessages> {
  const { group, name } = options;
  const address = group.replicas.find((replica) => replica.name === name)?.address;
  const [node, actor, ...deeper] = address?.split("/") ?? [];
  if (node !== system.node || actor === undefined || deeper.length > 0) {
    const why = `replica '${name}' is at ${address ?? "no address"}, and this is node '${system.node}': start it where the group says`;
    throw new InvalidSpecError("raft group", group.name, [why]);
  }
  return system.spawn(raftReplicaActor(options), { name: actor });
}

/**
 * One replica of a group as an actor: the pure machine of `step`, its journal, and what goes between.
 *
 * Nothing that follows from a step is seen before its changes are in the journal; meanwhile more
 * steps are taken, and stored together. When the journal fails, or another actor writes under its
 * name (`FencedError`), the actor fails, and starts again from what was stored.
 */
function raftReplicaActor(options: RaftReplicaOptions): Actor<RaftMessages> {
  return defineActor(
    raftProtocol,
    async (context) => {
      const { group, name, onStep } = options;
      const { limits } = group;
      const stored = await openStore(options, context);
      const token = context.random.hex(16);
      const waiting = new Map<number, (answer: Answer) => void>();
      const steps = new WeakMap<Outputs, readonly [RaftState, RaftState]>();
      const post = postOf(options, context, token, waiting);
      let state = startedState(stored.state);
      let requests = 0;

      const behind = new WriteBehind({
        mostBytes: limits.batchBytes,
        write: (changes, done) =>
          context.pipe(stored.append(changes), (outcome) => {
            if (!outcome.ok) throw outcome.error;
            done();
          }),
        release: (outputs) => {
          const [before, after] = steps.get(outputs) ?? [state, state];
          onStep?.(before, after, outputs);
          post(outputs);
        },
      });
      const take = (input: Input): void => {
        const before = state;
        const moment = { now: context.clock.monotonic(), chance: context.random.next() };
        const { state: after, outputs } = step({ group, name }, before, input, moment);
        state = after;
        if (onStep !== undefined) steps.set(outputs, [before, after]);
        behind.add(outputs);
      };
      const ask = (input: (request: number) => Input): Promise<Answer> =>
        new Promise((resolve) => {
          requests += 1;
          waiting.set(requests, resolve);
          take(input(requests));
        });

      take({ kind: "start" });
      return {
        peer: (message) => take({ kind: "message", message }),
        timer: ({ timer, token: shown }) => {
          if (shown === token) take({ kind: "timer", timer });
        },
        propose: async ({ id, entry }) => {
          const bytes = entryBytes(id, entry, limits.entryBytes);
          const measured = timed(context, "decision-log");
          const answer = await ask((request) => ({ kind: "propose", request, id, entry, bytes }));
          // Who does not lead sends the asker on.
          if (answer.kind !== "not-leader") {
            measured(answer.kind === "decided" ? "success" : "failure");
          }
          return answer.kind === "decided" ? answer : refusal(answer);
        },
        read: async ({ from, limit }) => {
          const answer = await ask((request) => ({ kind: "read", request }));
          if (answer.kind !== "current") return refusal(answer);
          return { kind: "page", page: pageOf(answer.decided, from, limit, limits.batchBytes) };
        },
        tail: ({ from, limit }) => pageOf(state.decided, from, limit, limits.batchBytes),
        transfer: async ({ to }) => {
          const answer = await ask((request) => ({ kind: "transfer", request, to }));
          return answer.kind === "not-leader" ? notLeader(answer) : { kind: "transferring" };
        },
        standing: () => ({
          role: state.role,
          term: state.term,
          ...(state.leader === undefined ? {} : { leader: state.leader }),
          commit: state.commit,
          lastIndex: state.snapshot.index + state.log.length,
          decisions: state.decided.next - 1,
        }),
      };
    },
    { interleave: ["propose", "read", "transfer"] },
  );
}

async function openStore(
  { group, name, journal }: RaftReplicaOptions,
  { clock, random, log }: ActorContext<RaftMessages>,
) {
  return openJournaled({
    journal,
    clock,
    random,
    log,
    kind: "raft",
    key: `${group.name}-${name}`,
    version: 1,
    record: storedChangesSchema,
    initial: nothingStored,
    apply: store,
    snapshot: {
      every: journalSnapshotEvery,
      schema: durableSchema,
      version: 1,
      retain: "uncovered",
    },
  });
}

function refusal(answer: Answer) {
  return answer.kind === "not-leader" ? notLeader(answer) : ({ kind: "busy" } as const);
}

function notLeader({ leader }: { readonly leader: string | undefined }) {
  return { kind: "not-leader" as const, ...(leader === undefined ? {} : { leader }) };
}

/** Decisions from an index on, as many as a message should hold, and at least one if there is one. */
function pageOf(decided: Decided, from: number, limit: number, mostBytes: number): Page {
  const first = firstKept(decided);
  const decisions: Page["decisions"] = [];
  let total = 0;
  for (const { bytes, ...decision } of decided.kept.slice(Math.max(0, from - first))) {
    if (decisions.length >= limit || total >= mostBytes) break;
    decisions.push({ ...decision, entry: decision.entry as never });
    total += bytes;
  }
  return { first, next: decided.next, decisions };
}

/** Sends a step's outputs where they belong. */
function postOf(
  { group, name, onDecision }: RaftReplicaOptions,
  context: ActorContext<RaftMessages>,
  token: string,
  waiting: Map<number, (answer: Answer) => void>,
): (outputs: Outputs) => void {
  const replicas = new Map(
    group.replicas.map((one) => [one.name, context.ref(raftProtocol, one.address)]),
  );
  const count = noticed(context, "decision-log");
  return ({ messages, answers, timers, decisions, notices }) => {
    for (const { to, message } of messages) replicas.get(to)?.tell("peer", message);
    for (const { request, answer } of answers) {
      waiting.get(request)?.(answer);
      waiting.delete(request);
    }
    for (const { timer, afterMs } of timers) {
      if (afterMs === undefined) context.timers.cancel(timer);
      else context.timers.once(timer, afterMs, "timer", { timer, token });
    }
    for (const { kind, ...detail } of notices) {
      count(kind);
      context.log("debug", `raft replica ${kind}`, { group: group.name, replica: name, ...detail });
    }
    if (decisions.length > 0) count("decided", decisions.length);
    for (const decision of decisions) onDecision?.(decision);
  };
}
