import type { Random } from "@troupe/actor";
import { between, happens } from "../../simulation/chance.ts";
import { type Durable, nothingStored, type StoredChange, store } from "../raft/durable.ts";
import type { PeerMessage } from "../raft/messages.ts";
import {
  type Answer,
  type Identity,
  type Input,
  type Outputs,
  type RaftState,
  startedState,
  type TimerName,
} from "../raft/state.ts";
import { step } from "../raft/step.ts";
import { WriteBehind } from "../raft/write-behind.ts";
import type { Agenda } from "./agenda.ts";

/** What a machine is in touch with. */
export interface Surroundings {
  readonly agenda: Agenda;
  readonly random: Random;
  /** What a machine draws for a step. */
  chance(): number;
  send(from: string, to: string, message: PeerMessage): void;
  /** A machine has taken a step, and what it changed is stored. */
  stepped(machine: Machine, taken: Step): void;
}

/** A step, from state to state. */
export interface Step {
  readonly before: RaftState;
  readonly after: RaftState;
  readonly outputs: Outputs;
}

/** How often a timer that is late is looked at again, milliseconds. */
const lateMs = 20;

type Hear = (answer: Answer) => void;

/** A computer with one replica: a disk that writes late, a clock that is wrong, a process that dies. */
export class Machine {
  readonly identity: Identity;
  readonly #around: Surroundings;
  /** What the disk holds. */
  #disk: Durable = nothingStored;
  /** Under way to the disk. */
  #write: (() => void) | undefined;
  #state: RaftState | undefined;
  #behind: WriteBehind | undefined;
  #life = 0;
  #held: Input[] | undefined;
  /** Which start of each timer counts. */
  readonly #timers = new Map<TimerName, number>();
  readonly #requests = new Map<number, Hear>();
  readonly #steps = new WeakMap<Outputs, Step>();
  #counter = 0;
  #slowMs = 2;
  #timersLate = false;
  /** Its clock: local time is `#offset + time * #rate`. */
  #offset: number;
  readonly #rate: number;

  constructor(identity: Identity, around: Surroundings) {
    const { random } = around;
    this.identity = identity;
    this.#around = around;
    this.#offset = between(random, 0, 1_000_000);
    this.#rate = 1 + (random.next() - 0.5) * 0.1;
    this.start();
  }

  get name(): string {
    return this.identity.name;
  }

  /** 1 for the first start. */
  get life(): number {
    return this.#life;
  }

  /** What its process knows; undefined while it is down. */
  get state(): RaftState | undefined {
    return this.#state;
  }

  start(): void {
    if (this.#state !== undefined) return;
    this.#life += 1;
    this.#state = startedState(this.#disk);
    this.#behind = new WriteBehind({
      mostBytes: this.identity.group.limits.batchBytes,
      write: (changes, stored) => this.#store(changes, stored),
      release: (outputs) => this.#release(outputs),
    });
    this.take({ kind: "start" });
  }

  /** Ends the process. What is under way to the disk may have arrived, or not; the rest has not. */
  crash(): void {
    if (this.#write !== undefined && happens(this.#around.random, 0.5)) this.#write();
    this.#write = undefined;
    this.#state = undefined;
    this.#behind = undefined;
    this.#held = undefined;
    this.#timers.clear();
    this.#requests.clear();
  }

  /** Stops the process for a while, without its notice. */
  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const input of held) this.take(input);
  }

  /** Moves its clock forward at once, as when a virtual machine was asleep. */
  jump(ms: number): void {
    this.#offset += ms;
  }

  /** Whether timers wait, though messages are handled: a clock that is not to be relied upon. */
  lateTimers(areLate: boolean): void {
    this.#timersLate = areLate;
  }

  /** Writes take up to this long. */
  slow(ms: number): void {
    this.#slowMs = ms;
  }

  /** A client's request. Nobody hears the answer of a life that is over. */
  ask(input: (request: number) => Input, hear: Hear): void {
    if (this.#state === undefined) return;
    this.#counter += 1;
    this.#requests.set(this.#counter, hear);
    this.take(input(this.#counter));
  }

  take(input: Input): void {
    const before = this.#state;
    if (before === undefined) return;
    if (this.#held !== undefined) {
      this.#held.push(input);
      return;
    }
    const { agenda } = this.#around;
    const moment = { now: this.#offset + agenda.now * this.#rate, chance: this.#around.chance() };
    const { state: after, outputs } = step(this.identity, before, input, moment);
    this.#state = after;
    this.#steps.set(outputs, { before, after, outputs });
    this.#behind?.add(outputs);
  }

  #store(changes: readonly StoredChange[], stored: () => void): void {
    const { agenda, random } = this.#around;
    const life = this.#life;
    const write = (): void => {
      this.#disk = store(this.#disk, changes);
    };
    this.#write = write;
    agenda.after(random.next() * this.#slowMs, () => {
      if (life !== this.#life || this.#state === undefined) return;
      this.#write = undefined;
      write();
      stored();
    });
  }

  #release(outputs: Outputs): void {
    const { messages, answers, timers } = outputs;
    const taken = this.#steps.get(outputs);
    if (taken !== undefined) this.#around.stepped(this, taken);
    for (const { to, message } of messages) this.#around.send(this.name, to, message);
    for (const { request, answer } of answers) {
      this.#requests.get(request)?.(answer);
      this.#requests.delete(request);
    }
    for (const { timer, afterMs } of timers) this.#startTimer(timer, afterMs);
  }

  #startTimer(timer: TimerName, afterMs: number | undefined): void {
    this.#counter += 1;
    const token = this.#counter;
    this.#timers.set(timer, token);
    if (afterMs === undefined) return;
    const { agenda } = this.#around;
    const fire = (): void => {
      if (this.#timers.get(timer) !== token) return;
      if (this.#timersLate) agenda.after(lateMs, fire);
      else this.take({ kind: "timer", timer });
    };
    agenda.after(afterMs / this.#rate, fire);
  }
}
