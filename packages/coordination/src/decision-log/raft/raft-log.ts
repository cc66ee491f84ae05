import {
  type ActorSystem,
  AskError,
  type Clock,
  ensureError,
  pause,
  type Random,
  type Ref,
} from "@troupe/actor";
import { CompactedError, LogBusyError, LogUnavailableError, NotLeaderError } from "../../errors.ts";
import type { Decision, DecisionLog, ProposeOptions, ReadOptions } from "../decision-log.ts";
import { entryBytes } from "../entry-bytes.ts";
import { follow } from "../follow.ts";
import type { RaftGroup } from "./group.ts";
import { type Page, type RaftMessages, raftProtocol } from "./protocol.ts";

/** A decision log kept by Raft, which has a leader. */
export interface RaftLog extends DecisionLog {
  /** Who leads the newest term that any replica knows of; `undefined` when none of them knows a leader. */
  leader(): Promise<{ readonly name: string; readonly term: number } | undefined>;
  /**
   * Has the leader hand over to another replica, for example before its node is stopped. Resolves when
   * it tries; it gives up after an election's time.
   *
   * @throws RangeError when the group has no such replica
   * @throws LogUnavailableError when no leader was found in time
   */
  transferLeadership(to: string): Promise<void>;
}

/** What {@link raftLog} is given. */
export interface RaftLogOptions {
  readonly group: RaftGroup;
  /** From where the replicas are asked. */
  readonly system: Pick<ActorSystem, "ref">;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a replica said: an answer, or that somebody else has to be asked. */
type Said<Kind> =
  | Kind
  | { readonly kind: "not-leader"; readonly leader?: string | undefined }
  | { readonly kind: "busy" };

type Replica = readonly [name: string, ref: Ref<RaftMessages>];

/** Waits between questions take between half of this and all of it, as a share of `electionMs`. */
const pauseShare = 0.2;

/**
 * The decision log of a Raft group, seen from any node. Finds the leader, and asks again, with the
 * same id, until there is an answer or the time is over.
 */
export function raftLog(options: RaftLogOptions): RaftLog {
  return new RaftLogClient(options);
}

class RaftLogClient implements RaftLog {
  readonly #group: RaftGroup;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #replicas: readonly Replica[];
  /** Who led when it answered last. */
  #leader: string | undefined;
  /** Whom to ask when no leader is known. */
  #turn: number;

  constructor({ group, system, clock, random }: RaftLogOptions) {
    this.#group = group;
    this.#clock = clock;
    this.#random = random;
    this.#turn = Math.floor(random.next() * group.replicas.length);
    this.#replicas = group.replicas.map(({ name, address }) => [
      name,
      system.ref(raftProtocol, address),
    ]);
  }

  async propose(entry: unknown, { id, withinMs }: ProposeOptions) {
    entryBytes(id, entry, this.#group.limits.entryBytes);
    const body = { id, entry: entry as never };
    const { index } = await this.#askLeader(withinMs, (ref, withinMs) =>
      ref.ask("propose", body, { withinMs }),
    );
    return { index };
  }

  async read(from: number, options: ReadOptions = {}): Promise<readonly Decision[]> {
    const { limit = Number.MAX_SAFE_INTEGER, withinMs } = options;
    const decisions: Decision[] = [];
    /** What was decided when the first page came is what the caller gets. */
    let end: number | undefined;
    for (;;) {
      const next = from + decisions.length;
      const left = limit - decisions.length;
      if (left <= 0 || (end !== undefined && next >= end)) return decisions;
      const { page } = await this.#askLeader(withinMs, (ref, withinMs) =>
        ref.ask("read", { from: next, limit: left }, { withinMs }),
      );
      if (next < page.first) throw new CompactedError(next, page.first);
      end ??= page.next;
      if (page.decisions.length === 0) return decisions;
      decisions.push(...page.decisions.filter(({ index }) => index < (end ?? 0)));
    }
  }

  follow(from: number, follower: Parameters<DecisionLog["follow"]>[1]): () => void {
    const { askMs: withinMs, followEveryMs: everyMs } = this.#group.limits;
    const read = async (next: number, limit: number): Promise<readonly Decision[]> => {
      const [, ref] = this.#anyReplica();
      const page: Page = await ref.ask("tail", { from: next, limit }, { withinMs });
      if (next < page.first) throw new CompactedError(next, page.first);
      return page.decisions;
    };
    return follow(from, follower, { clock: this.#clock, everyMs, read });
  }

  async leader() {
    const { askMs: withinMs } = this.#group.limits;
    const standings = await Promise.allSettled(
      this.#replicas.map(([, ref]) => ref.ask("standing", {}, { withinMs })),
    );
    const known = standings
      .flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))
      .sort((one, other) => other.term - one.term);
    const newest = known.find(
      ({ term, leader }) => leader !== undefined && term === known[0]?.term,
    );
    return newest?.leader === undefined ? undefined : { name: newest.leader, term: newest.term };
  }

  async transferLeadership(to: string): Promise<void> {
    const names = this.#replicas.map(([name]) => name);
    if (!names.includes(to)) {
      throw new RangeError(
        `group '${this.#group.name}' has no replica '${to}': choose one of ${names.join(", ")}`,
      );
    }
    await this.#askLeader(undefined, (ref, withinMs) => ref.ask("transfer", { to }, { withinMs }));
  }

  /** Asks whoever leads, and those who should know, until one gives an answer that is none of these two. */
  async #askLeader<Kind extends { readonly kind: string }>(
    within: number | undefined,
    ask: (ref: Ref<RaftMessages>, withinMs: number) => Promise<Said<Kind>>,
  ): Promise<Exclude<Kind, { readonly kind: "not-leader" | "busy" }>> {
    const { limits, name: log } = this.#group;
    const withinMs = within ?? limits.withinMs;
    const until = this.#clock.monotonic() + withinMs;
    let cause: Error | undefined;
    for (;;) {
      const left = until - this.#clock.monotonic();
      if (left <= 0) throw new LogUnavailableError(log, withinMs, { cause });
      const known = this.#replicas.find(([name]) => name === this.#leader);
      const [name, ref] = known ?? this.#anyReplica();
      this.#leader = undefined;
      let wait = true;
      try {
        const said = await ask(ref, Math.min(limits.askMs, left));
        if (said.kind === "not-leader") {
          const { leader } = said as { readonly leader?: string };
          cause = new NotLeaderError(name, leader);
          this.#leader = leader;
          wait = leader === undefined || leader === name;
        } else {
          this.#leader = name;
          if (said.kind !== "busy") return said as never;
          cause = new LogBusyError(`replica '${name}'`);
        }
      } catch (error) {
        if (!(error instanceof AskError)) throw ensureError(error);
        cause = error;
      }
      if (wait) await pause(this.#clock, this.#pauseMs());
    }
  }

  #pauseMs(): number {
    return this.#group.limits.electionMs * pauseShare * (0.5 + this.#random.next() / 2);
  }

  #anyReplica(): Replica {
    this.#turn += 1;
    return this.#replicas[this.#turn % this.#replicas.length] as Replica;
  }
}
