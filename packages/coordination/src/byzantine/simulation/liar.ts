import { type Actor, defineActor, type Random } from "@troupe/actor";
import { happens, pick } from "../../simulation/chance.ts";
import { leaderOf } from "../group.ts";
import type { PeerMessage } from "../messages.ts";
import { agreementClientProtocol, type ReplicaMessages, replicaProtocol } from "../protocol.ts";
import { type Identity, type Input, initialState, type ReplicaState } from "../state.ts";
import { step } from "../step.ts";
import { type Habit, habits, type Lie, type Mail } from "./habits.ts";

/** What a liar is. */
export interface LiarOptions {
  readonly identity: Identity;
  readonly habits: readonly Habit[];
  /** How often it lies when it could. */
  readonly inclination: number;
  readonly random: Random;
}

/** Draws how a liar lies: up to six habits, and how often. */
export function drawHabits(random: Random): Pick<LiarOptions, "habits" | "inclination"> {
  const all = Object.keys(habits) as Habit[];
  const count = 3 + Math.floor(random.next() * 4);
  const drawn = Array.from({ length: count }, () => pick(random, all));
  return { habits: [...new Set(drawn)], inclination: 0.2 + random.next() * 0.8 };
}

/**
 * A replica under an adversary: it computes what an honest one would, and then sends something else. It
 * signs as itself alone, keeps nothing over a restart, and sees what it was sent and no more.
 */
export function liarActor(options: LiarOptions): Actor<ReplicaMessages> {
  const { identity, inclination, random } = options;
  return defineActor(replicaProtocol, (context) => {
    const { group, name } = identity;
    const token = context.random.hex(16);
    const replicas = new Map(
      group.replicas.map((one) => [one.name, context.ref(replicaProtocol, one.address)]),
    );
    const clients = new Map(
      group.clients.map((one) => [one.name, context.ref(agreementClientProtocol, one.address)]),
    );
    const others = [...replicas.keys()].filter((other) => other !== name);
    const lie: Lie = {
      identity,
      random,
      others,
      heard: [],
      sides: new Map(),
      agreed: new Set(),
      lies: () => happens(random, inclination),
      state: () => state,
      leads: (view) => leaderOf(group, view) === name,
    };
    let state: ReplicaState = initialState(group);

    const take = (input: Input): void => {
      const { state: next, outputs } = step(identity, state, input);
      state = next;
      let mails: readonly Mail[] = outputs.messages.flatMap(({ to, message }) =>
        (to === "others" ? others : [to]).map((one) => ({ to: one, message })),
      );
      let replies = outputs.replies;
      for (const habit of options.habits) {
        const { distort, answer } = habits[habit];
        if (distort !== undefined) mails = distort(lie, mails);
        if (answer !== undefined) replies = replies.map((reply) => answer(lie, reply));
      }
      // Not distorted in their turn: two liars would answer each other's ever new lies without end.
      const more = options.habits.flatMap((habit) => habits[habit].react?.(lie, input) ?? []);
      mails = [...mails, ...more];
      if (input.kind === "message") {
        lie.heard.push(input.message);
        if (lie.heard.length > heardLimit) lie.heard.shift();
      }
      for (const { to, message } of mails) replicas.get(to)?.tell("peer", message);
      for (const reply of replies) clients.get(reply.client)?.tell("reply", reply);
      for (const { timer, afterMs } of outputs.timers) {
        if (afterMs === undefined) context.timers.cancel(timer);
        else context.timers.once(timer, afterMs, "timer", { timer, token });
      }
    };

    context.timers.once("status", 0, "timer", { timer: "status", token });
    return {
      request: (request) => take({ kind: "request", request }),
      peer: (message: PeerMessage) => take({ kind: "message", message }),
      timer: ({ timer, token: shown }) => {
        if (shown === token) take({ kind: "timer", timer, now: context.clock.now() });
      },
      standing: () => {
        throw new Error("a liar has no standing");
      },
    };
  });
}

/** Messages that a liar keeps to replay. */
const heardLimit = 200;
