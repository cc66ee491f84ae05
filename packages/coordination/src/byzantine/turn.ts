import { equivocationOf, evidenceKey } from "./equivocation.ts";
import { leaderOf } from "./group.ts";
import type { Answer } from "./ledger.ts";
import type { PeerMessage, Request } from "./messages.ts";
import {
  emptySlot,
  type Identity,
  type Notice,
  type Outputs,
  type Pledge,
  type ReplicaState,
  type Slot,
  type TimerName,
} from "./state.ts";
import { isSigned, replyText, type Signed, signed, type Unsigned } from "./statement.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Lists = { -readonly [Key in keyof Outputs]: Outputs[Key][number][] };

/**
 * One step under way: the state as it becomes, and what goes out. The state's maps are replaced, never
 * changed, so that the state before the step stays as it was.
 */
export class Turn {
  readonly identity: Identity;
  readonly state: Mutable<ReplicaState>;
  readonly out: Lists = {
    pledges: [],
    messages: [],
    forwarded: [],
    replies: [],
    decisions: [],
    timers: [],
    notices: [],
  };

  constructor(identity: Identity, state: ReplicaState) {
    this.identity = identity;
    this.state = { ...state };
  }

  get me(): string {
    return this.identity.name;
  }

  get group(): Identity["group"] {
    return this.identity.group;
  }

  /** Whether it orders requests at present. */
  get leads(): boolean {
    return !this.state.changing && this.leader === this.me;
  }

  /** Who leads the present view. */
  get leader(): string {
    return leaderOf(this.group, this.state.view);
  }

  isReplica(name: string): boolean {
    return this.group.replicas.some((replica) => replica.name === name);
  }

  /** Whether a sequence lies between the watermarks. */
  isInWindow(sequence: number): boolean {
    const { stable } = this.state;
    return sequence > stable.sequence && sequence <= stable.sequence + this.group.limits.logWindow;
  }

  slot(sequence: number): Slot {
    return this.state.slots.get(sequence) ?? emptySlot;
  }

  setSlot(sequence: number, change: Partial<Slot>): Slot {
    const slot = { ...this.slot(sequence), ...change };
    this.state.slots = new Map(this.state.slots).set(sequence, slot);
    return slot;
  }

  /** Signs a message in the own name. */
  sign<Message extends Signed>(message: Unsigned<Message>): Message {
    const { group, name, signatures } = this.identity;
    return signed<Message>(message, { group: group.name, sender: name, signatures });
  }

  /** Whether a message is its sender's. */
  isSigned(message: Signed): boolean {
    return isSigned(this.group.name, message, this.identity.signatures);
  }

  tellOthers(message: PeerMessage): void {
    this.out.messages.push({ to: "others", message });
  }

  tell(to: string, message: PeerMessage): void {
    this.out.messages.push({ to, message });
  }

  pledge(pledge: Pledge): void {
    this.out.pledges.push(pledge);
  }

  note(notice: Notice): void {
    this.out.notices.push(notice);
  }

  reply({ client, timestamp }: Request, { sequence, results }: Answer): void {
    const reply = { client, timestamp, sequence, results: [...results], sender: this.me };
    const { group, signatures } = this.identity;
    const signature = signatures.sign(replyText(group.name, reply));
    this.out.replies.push({ ...reply, signature });
  }

  start(timer: TimerName, afterMs: number): void {
    this.state.timers = new Set(this.state.timers).add(timer);
    this.out.timers.push({ timer, afterMs });
  }

  stop(timer: TimerName): void {
    if (!this.state.timers.has(timer)) return;
    this.ended(timer);
    this.out.timers.push({ timer, afterMs: undefined });
  }

  /** Notes that a timer has fired. */
  ended(timer: TimerName): void {
    const timers = new Set(this.state.timers);
    timers.delete(timer);
    this.state.timers = timers;
  }

  /**
   * Keeps the proof when two messages contradict each other. The first is known to be its sender's; the
   * second is checked here.
   */
  compare(first: Signed, second: Signed): void {
    const proof = equivocationOf(first, second);
    if (proof === undefined) return;
    const key = evidenceKey(proof);
    if (this.state.evidence.has(key) || !this.isSigned(second)) return;
    this.state.evidence = new Map(this.state.evidence).set(key, proof);
    this.pledge({ kind: "evidence", proof });
    this.note({ kind: "equivocation", proof });
  }
}
