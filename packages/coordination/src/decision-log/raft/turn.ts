import type { Decision } from "../decision-log.ts";
import { type Decided, decide, firstKept, indexOf } from "./decided.ts";
import { type StoredChange, store } from "./durable.ts";
import type { RaftLimits } from "./group.ts";
import type { Entry, PeerMessage } from "./messages.ts";
import type { Answer, Identity, Moment, Notice, Outputs, RaftState, TimerName } from "./state.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Lists = { -readonly [Key in keyof Outputs]: Outputs[Key][number][] };

/**
 * One step under way: the state as it becomes, and what goes out. Lists and maps of the state are
 * replaced, never changed, so that the state before the step stays as it was.
 */
export class Turn {
  readonly identity: Identity;
  readonly moment: Moment;
  readonly state: Mutable<RaftState>;
  readonly out: Lists = {
    changes: [],
    messages: [],
    answers: [],
    timers: [],
    decisions: [],
    notices: [],
  };

  constructor(identity: Identity, state: RaftState, moment: Moment) {
    this.identity = identity;
    this.moment = moment;
    this.state = { ...state };
  }

  get me(): string {
    return this.identity.name;
  }

  get limits(): RaftLimits {
    return this.identity.group.limits;
  }

  get now(): number {
    return this.moment.now;
  }

  get others(): readonly string[] {
    const names = this.identity.group.replicas.map(({ name }) => name);
    return names.filter((name) => name !== this.me);
  }

  /** Of this many replicas any two sets share one. */
  get majority(): number {
    return Math.floor(this.identity.group.replicas.length / 2) + 1;
  }

  get lastIndex(): number {
    return this.state.snapshot.index + this.state.log.length;
  }

  get lastTerm(): number {
    return this.termAt(this.lastIndex) ?? 0;
  }

  /** Term of an entry, as far as it is known: that of the snapshot's last, and of those after it. */
  termAt(index: number): number | undefined {
    const { snapshot, log } = this.state;
    return index === snapshot.index ? snapshot.term : log[index - snapshot.index - 1]?.term;
  }

  /** Entries after an index, not before the snapshot's. */
  entriesAfter(index: number): readonly Entry[] {
    return this.state.log.slice(index - this.state.snapshot.index);
  }

  /** Changes what has to be stored. */
  change(change: StoredChange): void {
    this.out.changes.push(change);
    const { term, votedFor, snapshot, log } = store(this.state, [change]);
    Object.assign(this.state, { term, votedFor, snapshot, log });
  }

  tell(to: string, message: PeerMessage): void {
    this.out.messages.push({ to, message });
  }

  answer(request: number, answer: Answer): void {
    this.out.answers.push({ request, answer });
  }

  start(timer: TimerName, afterMs: number): void {
    this.out.timers.push({ timer, afterMs });
  }

  stop(timer: TimerName): void {
    this.out.timers.push({ timer, afterMs: undefined });
  }

  note(notice: Notice): void {
    this.out.notices.push(notice);
  }

  /** Puts off the next election: by one to two times `electionMs`, by chance, so that seldom two elect at once. */
  putOffElection(): void {
    this.state.electAt = this.now + this.limits.electionMs * (1 + this.moment.chance);
  }

  /** A leader of the present term was heard. */
  heardLeader(name: string): void {
    this.becomeFollower(this.state.term);
    this.state.leader = name;
    this.putOffElection();
    this.state.loyalUntil = this.now + this.limits.electionMs;
  }

  /** Takes part in a term, which may be a new one, without leading. */
  becomeFollower(term: number): void {
    const { state } = this;
    if (state.role === "leader") this.#resign();
    state.role = "follower";
    state.votes = new Set();
    if (term <= state.term) return;
    state.leader = undefined;
    this.change({ kind: "term", term, votedFor: null });
  }

  #resign(): void {
    const { state } = this;
    const answer = { kind: "not-leader", leader: undefined } as const;
    const requests = [
      ...state.proposals.values(),
      ...state.reads.map(({ request }) => request),
      ...state.earlyReads,
    ];
    for (const request of requests) this.answer(request, answer);
    state.leader = undefined;
    state.progress = new Map();
    state.proposals = new Map();
    state.reads = [];
    state.earlyReads = [];
    state.transfer = undefined;
    this.putOffElection();
    this.stop("heartbeat");
    this.note({ kind: "resigned", term: state.term });
  }

  /** Takes what is committed up to an index into the machine, and answers who waits for it. */
  commitTo(index: number): void {
    const { state } = this;
    state.commit = Math.max(state.commit, index);
    while (state.applied < state.commit) {
      const entry = state.log[state.applied - state.snapshot.index] as Entry;
      state.applied += 1;
      this.decided(decide(state.decided, entry, this.limits));
      this.#answerProposal(state.applied, entry);
    }
    this.#compact();
  }

  /** The machine is in another state: tells what is new in it. */
  decided(decided: Decided): void {
    const { next } = this.state.decided;
    this.state.decided = decided;
    for (let at = Math.max(0, next - firstKept(decided)); at < decided.kept.length; at += 1) {
      const { index, id, entry } = decided.kept[at] as Decision;
      this.out.decisions.push({ index, id, entry });
    }
  }

  #answerProposal(index: number, entry: Entry): void {
    const request = this.state.proposals.get(index);
    if (request === undefined || entry.kind !== "proposed") return;
    const proposals = new Map(this.state.proposals);
    proposals.delete(index);
    this.state.proposals = proposals;
    const decided = indexOf(this.state.decided, entry.id);
    if (decided !== undefined) this.answer(request, { kind: "decided", index: decided });
  }

  /** Lets a snapshot take the place of applied entries, when they are many. */
  #compact(): void {
    const { applied, snapshot, decided, log } = this.state;
    const count = applied - snapshot.index;
    const { snapshotEvery, pendingBytes } = this.limits;
    if (count === 0) return;
    if (count < snapshotEvery && bytesOf(log.slice(0, count)) < pendingBytes) return;
    const term = this.termAt(applied) ?? 0;
    this.change({ kind: "snapshot", snapshot: { index: applied, term, decided } });
  }
}

/** Bytes of what is proposed in some entries. */
export function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + (entry.kind === "proposed" ? entry.bytes : 0), 0);
}
