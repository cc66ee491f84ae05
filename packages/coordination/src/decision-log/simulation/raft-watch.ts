import { type StoredChange, store } from "../raft/durable.ts";
import type { Entry } from "../raft/messages.ts";
import type { Outputs, RaftState } from "../raft/state.ts";
import type { Judge } from "./chronicle.ts";

type EntriesChange = Extract<StoredChange, { kind: "entries" }>;

/** What an entry is, for comparison. */
function nameOf(entry: Entry): string {
  return `${entry.term} ${entry.kind === "began" ? "-" : entry.id}`;
}

/**
 * The five properties of Figure 3 of the Raft paper, looked at after each step of each replica, and one
 * vote a term. It sees all replicas at once, which none of them can.
 */
export class RaftWatch {
  readonly #judge: Judge;
  readonly #leaders = new Map<number, string>();
  /** By index and term: the entry, and the term before it. */
  readonly #entries = new Map<string, string>();
  /** The entry that was applied at each index, and the term in which its commit was known first. */
  readonly #applied = new Map<number, { readonly entry: string; readonly term: number }>();
  readonly #votes = new Map<string, string>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** A replica has taken a step. */
  stepped(name: string, before: RaftState, after: RaftState, outputs: Outputs): void {
    const isNew = after.role === "leader" && before.role !== "leader";
    if (isNew) this.#elected(name, after);
    if (after.role === "leader" && !isNew && before.term === after.term) {
      this.#appendOnly(name, before, after);
    }
    for (const change of outputs.changes) {
      if (change.kind === "entries") this.#logged(name, before, change);
      const [entry] = after.log;
      if (change.kind === "snapshot" && entry !== undefined) {
        this.#matches(name, after.snapshot.index + 1, entry, after.snapshot.term);
      }
    }
    this.#appliedBy(name, before, after, outputs);
  }

  /** A replica has let out a vote. */
  voted(name: string, term: number, candidate: string): void {
    const key = `${name} ${term}`;
    const known = this.#votes.get(key);
    this.#require(known === undefined || known === candidate, "one vote a term", () => {
      return `${name} voted for ${known} and ${candidate} in term ${term}`;
    });
    this.#votes.set(key, candidate);
  }

  #require(...said: Parameters<Judge["require"]>): void {
    this.#judge.require(...said);
  }

  #elected(name: string, { term, snapshot, log }: RaftState): void {
    const known = this.#leaders.get(term);
    this.#judge.trace.add("elected", name, term);
    this.#require(known === undefined || known === name, "election safety", () => {
      return `${known} and ${name} both lead term ${term}`;
    });
    this.#leaders.set(term, name);
    for (const [index, committed] of this.#applied) {
      if (committed.term >= term || index <= snapshot.index) continue;
      const entry = log[index - snapshot.index - 1];
      const isThere = entry !== undefined && nameOf(entry) === committed.entry;
      this.#require(isThere, "leader completeness", () => {
        return `${name} leads term ${term} without ${committed.entry}, committed at ${index}`;
      });
    }
  }

  #appendOnly(name: string, before: RaftState, after: RaftState): void {
    const end = before.snapshot.index + before.log.length;
    this.#require(after.snapshot.index + after.log.length >= end, "leader append-only", () => {
      return `${name} has shortened its log in term ${after.term}`;
    });
  }

  #logged(name: string, before: RaftState, change: EntriesChange): void {
    const { snapshot, log } = before;
    const at = change.after - snapshot.index;
    let previous = at === 0 ? snapshot.term : log[at - 1]?.term;
    for (const [offset, entry] of change.entries.entries()) {
      this.#matches(name, change.after + 1 + offset, entry, previous);
      previous = entry.term;
    }
  }

  /** Logs that have an entry of the same term at the same index have the same before it, too. */
  #matches(name: string, index: number, entry: Entry, previous: number | undefined): void {
    const key = `${index} ${entry.term}`;
    const said = `${nameOf(entry)} after ${previous}`;
    const known = this.#entries.get(key);
    this.#require(known === undefined || known === said, "log matching", () => {
      return `${name} has ${said} at ${index}, another ${known}`;
    });
    this.#entries.set(key, said);
  }

  #appliedBy(name: string, before: RaftState, after: RaftState, outputs: Outputs): void {
    if (outputs.notices.some(({ kind }) => kind === "caught-up")) return;
    const entries = outputs.changes.filter(({ kind }) => kind === "entries");
    const { log } = store(before, entries);
    for (let index = before.applied + 1; index <= after.applied; index += 1) {
      const entry = log[index - before.snapshot.index - 1];
      if (entry !== undefined) this.#appliedAt(name, index, nameOf(entry), after.term);
    }
  }

  #appliedAt(name: string, index: number, entry: string, term: number): void {
    const known = this.#applied.get(index);
    this.#require(known === undefined || known.entry === entry, "state machine safety", () => {
      return `${name} applied ${entry} at ${index}, another ${known?.entry}`;
    });
    if (known === undefined) this.#applied.set(index, { entry, term });
  }
}
