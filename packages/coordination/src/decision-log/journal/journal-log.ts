import {
  type Clock,
  ensureError,
  FencedError,
  type Journal,
  pause,
  type Random,
} from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";
import {
  CompactedError,
  ContendedLogError,
  LogBusyError,
  LogUnavailableError,
  UnreadableDecisionError,
} from "../../errors.ts";
import type { Decision, DecisionLog, ProposeOptions, ReadOptions } from "../decision-log.ts";
import { entryBytes } from "../entry-bytes.ts";
import { follow } from "../follow.ts";
import { encode } from "./record.ts";
import { StoredLog } from "./stored-log.ts";

const specSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "use 1 to 64 letters, digits, '-' and '_'"),
  limits: z
    .object({
      entryBytes: z.number().int().min(64).max(900_000).default(16_384),
      retain: z.number().int().min(1).max(100_000).default(10_000),
      fencedTries: z.number().int().min(1).max(1000).default(64),
      pendingProposals: z.number().int().min(1).max(100_000).default(1000),
      pauseMs: z.number().int().min(1).max(60_000).default(20),
      withinMs: z.number().int().min(1).max(600_000).default(15_000),
      followEveryMs: z.number().int().min(1).max(600_000).default(200),
    })
    .prefault({}),
});

/** The named bounds of a log in a journal. */
export interface JournalLogLimits {
  /** Most bytes of an entry with its id, as JSON. Default 16 384. */
  readonly entryBytes: number;
  /** The newest decisions that are kept; twice as many may be, and in memory. Default 10 000. */
  readonly retain: number;
  /** How often other writers may be faster before a proposal gives up. Default 64. */
  readonly fencedTries: number;
  /** Proposals of one node that wait for their turn; more are refused as busy. Default 1000. */
  readonly pendingProposals: number;
  /** Longest wait between two tries, by chance, milliseconds. Default 20. */
  readonly pauseMs: number;
  /** How long is tried, milliseconds, unless the call says. Default 15 000. */
  readonly withinMs: number;
  /** How often followers look for more, milliseconds. Default 200. */
  readonly followEveryMs: number;
}

/** What {@link journalLog} is given. */
export interface JournalLogOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  /** Names the log: it lies on `journal.decisions.<name>`, and nothing else may. */
  readonly name: string;
  readonly limits?: Partial<JournalLogLimits>;
}

/** How long a call tries, and until when that is. */
interface Patience {
  readonly withinMs: number;
  readonly until: number;
}

/** Records read at once. */
const page = 500;

/**
 * A decision log in a journal: one subject, each append fenced on the record before it. Any number of
 * nodes may propose; who is overtaken reads on and tries again. It keeps nothing of its own, and is as
 * durable and as available as the journal is.
 *
 * @throws InvalidSpecError naming every field that is wrong and why
 */
export function journalLog(options: JournalLogOptions): DecisionLog {
  const { name, limits } = options;
  const input = { name, ...(limits === undefined ? {} : { limits }) };
  return new JournalLog({ ...options, ...checkSpec(specSchema, "decision log", name, input) });
}

class JournalLog implements DecisionLog {
  readonly #options: JournalLogOptions & { readonly limits: JournalLogLimits };
  readonly #subject: string;
  readonly #log: StoredLog;
  /** Ends when the proposals so far have. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #removed = 0;

  constructor(options: JournalLogOptions & { readonly limits: JournalLogLimits }) {
    this.#options = options;
    this.#subject = `journal.decisions.${options.name}`;
    this.#log = new StoredLog(options.limits.retain);
  }

  async propose(entry: unknown, { id, withinMs }: ProposeOptions) {
    const { limits, name } = this.#options;
    entryBytes(id, entry, limits.entryBytes);
    if (this.#waiting >= limits.pendingProposals) throw new LogBusyError(`decision log '${name}'`);
    this.#waiting += 1;
    // One after the other: those of one node would only fence each other out.
    const patience = this.#patience(withinMs);
    const turn = this.#last.then(() => this.#decide(entry, id, patience));
    this.#last = turn.then(
      () => this.#compact(),
      () => {},
    );
    try {
      return { index: await turn };
    } finally {
      this.#waiting -= 1;
    }
  }

  async #decide(entry: unknown, id: string, patience: Patience): Promise<number> {
    const { limits, name } = this.#options;
    let fenced = 0;
    return this.#untilAnswered(patience, async () => {
      await this.#readOn();
      const known = this.#log.indexOf(id);
      if (known !== undefined) return known;
      try {
        await this.#append({ index: this.#log.next, id, entry });
      } catch (error) {
        if (!(error instanceof FencedError)) throw error;
        fenced += 1;
        if (fenced >= limits.fencedTries) {
          throw new ContendedLogError(name, fenced, { cause: error });
        }
      }
      // Whether it counts is known when it is read: a store may let two writers win a race.
      return undefined;
    });
  }

  async read(from: number, { limit, withinMs }: ReadOptions = {}): Promise<readonly Decision[]> {
    return this.#untilAnswered(this.#patience(withinMs), async () => {
      await this.#readOn();
      if (from < this.#log.first) throw new CompactedError(from, this.#log.first);
      return this.#log.from(from, limit ?? Number.POSITIVE_INFINITY);
    });
  }

  follow(from: number, follower: Parameters<DecisionLog["follow"]>[1]): () => void {
    const { clock, limits } = this.#options;
    return follow(from, follower, {
      clock,
      everyMs: limits.followEveryMs,
      read: (next, limit) => this.read(next, { limit }),
    });
  }

  async #append(decision: Decision): Promise<void> {
    const expected = this.#log.sequence;
    await this.#options.journal.append(this.#subject, encode(decision), { expected });
  }

  /** Takes in all records there are when it is called. */
  async #readOn(): Promise<void> {
    for (;;) {
      const after = this.#log.sequence;
      const records = await this.#options.journal.read(this.#subject, { after, limit: page });
      this.#log.take(records);
      if (records.length < page) return;
    }
  }

  /** Removes old records, when twice as many were there as are to be kept. */
  async #compact(): Promise<void> {
    const { removable: before } = this.#log;
    if (before === this.#removed) return;
    // Safe to leave out: the next proposal tries again.
    await this.#options.journal.purge(this.#subject, { before }).then(
      () => {
        this.#removed = before;
      },
      () => {},
    );
  }

  #patience(withinMs = this.#options.limits.withinMs): Patience {
    return { withinMs, until: this.#options.clock.monotonic() + withinMs };
  }

  /** Tries until there is something, pausing after what another try may mend. */
  async #untilAnswered<T>(
    { withinMs, until }: Patience,
    attempt: () => Promise<T | undefined>,
  ): Promise<T> {
    const { clock, random, limits, name } = this.#options;
    let cause: Error | undefined;
    do {
      try {
        const answer = await attempt();
        if (answer !== undefined) return answer;
      } catch (error) {
        if (isFinal(error)) throw error;
        cause = ensureError(error);
        await pause(clock, limits.pauseMs * random.next());
      }
    } while (clock.monotonic() < until);
    throw new LogUnavailableError(name, withinMs, { cause });
  }
}

function isFinal(error: unknown): boolean {
  return [CompactedError, ContendedLogError, UnreadableDecisionError].some(
    (kind) => error instanceof kind,
  );
}
