import { type Actor, defineActor } from "@troupe/actor";
import { timed } from "../session/measured.ts";
import {
  abandon,
  type ClientState,
  makeRequests,
  newClient,
  receiveReply,
  submit,
} from "./client.ts";
import type { ReplicaGroup } from "./group.ts";
import type { Outcome, Request } from "./messages.ts";
import {
  type AgreementClientMessages,
  agreementClientProtocol,
  replicaProtocol,
  type Submitted,
} from "./protocol.ts";
import type { Signatures } from "./signatures.ts";

/** What a client is started with. */
export interface AgreementClientOptions {
  readonly group: ReplicaGroup;
  /** Which of the group's clients it is. One actor at a time may be it. */
  readonly name: string;
  /** Signs as `name`. */
  readonly signatures: Signatures;
}

/**
 * A client of a replica group as an actor: signs what it is asked to submit, sends it to all replicas,
 * again until `f + 1` have answered the same. What is submitted while earlier messages are handled goes
 * into one request. At most 1000 submissions wait at once; more wait in the mailbox.
 */
export function agreementClientActor(
  identity: AgreementClientOptions,
): Actor<AgreementClientMessages> {
  return defineActor(
    agreementClientProtocol,
    (context) => {
      const { group } = identity;
      const replicas = group.replicas.map(({ address }) => context.ref(replicaProtocol, address));
      const token = context.random.hex(16);
      const waiting = new Map<number, (submitted: Submitted) => void>();
      let state: ClientState = newClient;
      let latest = 0;
      let sendsSoon = false;

      const send = (request: Request): void => {
        for (const replica of replicas) replica.tell("request", request);
      };
      const sendQueue = (): void => {
        const made = makeRequests(identity, state, context.clock.now());
        state = made.state;
        for (const request of made.requests) send(request);
      };
      const settle = (id: number, submitted: Submitted): void => {
        waiting.get(id)?.(submitted);
        waiting.delete(id);
      };

      context.timers.every("again", group.limits.statusMs, "timer", { timer: "again", token });
      return {
        submit: async ({ operation, withinMs }) => {
          latest += 1;
          const id = latest;
          state = submit(state, { id, operation: JSON.stringify(operation ?? null) });
          if (!sendsSoon) context.self.tell("timer", { timer: "send", token });
          sendsSoon = true;
          const { promise, resolve } = Promise.withResolvers<Submitted>();
          waiting.set(id, resolve);
          const cancel = context.clock.schedule(withinMs, () => {
            state = abandon(state, id);
            settle(id, { kind: "undecided" });
          });
          const measured = timed(context, "agreement");
          const submitted = await promise;
          cancel();
          measured(submitted.kind === "executed" ? "success" : "failure");
          return submitted;
        },
        reply: (reply) => {
          const received = receiveReply(identity, state, reply);
          state = received.state;
          for (const { id, sequence, result } of received.settled) {
            settle(id, submittedOf(sequence, result));
          }
          if (received.settled.length > 0) sendQueue();
        },
        timer: ({ timer, token: shown }) => {
          if (shown !== token) return;
          if (timer === "send") {
            sendsSoon = false;
          } else {
            for (const { request } of state.outstanding.values()) send(request);
          }
          sendQueue();
        },
      };
    },
    { interleave: ["submit"] },
  );
}

function submittedOf(sequence: number, result: string): Submitted {
  const outcome = JSON.parse(result) as Outcome;
  if ("error" in outcome) return { kind: "failed", sequence, error: outcome.error };
  return { kind: "executed", sequence, value: outcome.value };
}
