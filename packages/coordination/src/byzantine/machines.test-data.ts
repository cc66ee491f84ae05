import { defineReplicaGroup, type GroupLimits, type ReplicaGroup } from "./group.ts";
import type { PeerMessage, Reply, Request } from "./messages.ts";
import type { Signatures } from "./signatures.ts";
import { keyedSignatures } from "./simulation/keyed-signatures.ts";
import {
  type Decision,
  type Identity,
  type Input,
  initialState,
  type Notice,
  type Outputs,
  type ReplicaState,
  type TimerName,
} from "./state.ts";
import { requestText, type Signed, signed, type Unsigned } from "./statement.ts";
import { step } from "./step.ts";

/** A message under way between the machines of a test. */
export interface Passing {
  readonly from: string;
  readonly to: string;
  readonly message: PeerMessage | Request;
}

const names = ["a", "b", "c", "d", "e", "f", "g"];

/** Replicas without actors, clock and network: a test delivers each message, or does not. */
export class Machines {
  readonly group: ReplicaGroup;
  readonly names: readonly string[];
  readonly decisions = new Map<string, Decision[]>();
  readonly replies: Reply[] = [];
  readonly notices = new Map<string, Notice[]>();
  readonly pledges = new Map<string, Outputs["pledges"][number][]>();
  /** Everything that was sent. */
  readonly sent: Passing[] = [];
  /** What does not arrive. */
  drop: (passing: Passing) => boolean = () => false;
  readonly #states = new Map<string, ReplicaState>();
  readonly #signaturesOf: (name: string) => Signatures;
  #queue: Passing[] = [];
  #timestamps = 0;
  #now = 0;

  constructor(
    options: {
      readonly count?: number;
      readonly limits?: Partial<GroupLimits>;
      readonly signaturesOf?: (name: string) => Signatures;
    } = {},
  ) {
    const { count = 4, limits = {}, signaturesOf = keyedSignatures } = options;
    this.names = names.slice(0, count);
    this.#signaturesOf = signaturesOf;
    this.group = defineReplicaGroup<readonly unknown[]>({
      name: "group",
      replicas: this.names.map((name) => ({ name, address: `${name}/replica` })),
      clients: ["k", "l"].map((name) => ({ name, address: `${name}/client` })),
      machine: {
        initial: [],
        apply: (done, operation) => {
          if (operation === "refused") throw new RangeError("no such operation");
          return { state: [...done, operation], result: done.length + 1 };
        },
      },
      limits: { batchDelayMs: 0, checkpointEvery: 4, logWindow: 8, ...limits },
    }) as ReplicaGroup;
    for (const name of this.names) this.#states.set(name, initialState(this.group));
  }

  identity(name: string): Identity {
    return { group: this.group, name, signatures: this.#signaturesOf(name) };
  }

  state(name: string): ReplicaState {
    const state = this.#states.get(name);
    if (state === undefined) throw new RangeError(`there is no replica ${name}`);
    return state;
  }

  /** Puts a replica into a state, as a restart does. */
  setState(name: string, state: ReplicaState): void {
    this.#states.set(name, state);
  }

  /** What a replica has done, in order. */
  done(name: string): readonly unknown[] {
    return this.state(name).ledger.state as readonly unknown[];
  }

  /** A client's request. */
  request(
    operations: readonly unknown[],
    client = "k",
    timestamp = this.#nextTimestamp(),
  ): Request {
    const texts = operations.map((operation) => JSON.stringify(operation));
    const unsigned = { client, timestamp, operations: texts };
    const signature = this.#signaturesOf(client).sign(requestText(this.group.name, unsigned));
    return { ...unsigned, signature };
  }

  /** A message as its sender signs it, lie or not. */
  signed<Message extends Signed>(sender: string, message: Unsigned<Message>): Message {
    const by = { group: this.group.name, sender, signatures: this.#signaturesOf(sender) };
    return signed<Message>(message, by);
  }

  /** Gives one replica an input, and queues what it sends. */
  take(name: string, input: Input): Outputs {
    const { state, outputs } = step(this.identity(name), this.state(name), input);
    this.#states.set(name, state);
    this.#keep(this.decisions, name, outputs.decisions);
    this.#keep(this.notices, name, outputs.notices);
    this.#keep(this.pledges, name, outputs.pledges);
    this.replies.push(...outputs.replies);
    for (const { to, message } of outputs.messages) {
      const receivers = to === "others" ? this.names.filter((other) => other !== name) : [to];
      for (const receiver of receivers) this.#send({ from: name, to: receiver, message });
    }
    for (const { to, request } of outputs.forwarded)
      this.#send({ from: name, to, message: request });
    return outputs;
  }

  tell(name: string, message: PeerMessage): Outputs {
    return this.take(name, { kind: "message", message });
  }

  fire(name: string, timer: TimerName): Outputs {
    this.#now += 1;
    return this.take(name, { kind: "timer", timer, now: this.#now });
  }

  /** Sends a request to all replicas, or some. */
  submit(request: Request, to: readonly string[] = this.names): void {
    for (const name of to) this.take(name, { kind: "request", request });
  }

  /** Delivers everything, and what follows from it. */
  run(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (this.drop(next)) continue;
      const { to, message } = next;
      if ("kind" in message) this.tell(to, message);
      else this.take(to, { kind: "request", request: message });
    }
  }

  /** Submits operations one after the other, each decided before the next. */
  decide(...operations: readonly unknown[]): void {
    for (const operation of operations) {
      this.submit(this.request([operation]));
      this.run();
    }
  }

  /** Everybody's status, and what follows. */
  exchangeStatus(): void {
    for (const name of this.names) this.fire(name, "status");
    this.run();
  }

  #send(passing: Passing): void {
    this.sent.push(passing);
    this.#queue.push(passing);
  }

  #keep<Item>(lists: Map<string, Item[]>, name: string, items: readonly Item[]): void {
    lists.set(name, [...(lists.get(name) ?? []), ...items]);
  }

  #nextTimestamp(): number {
    this.#timestamps += 1;
    return this.#timestamps;
  }
}
