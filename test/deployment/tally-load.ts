import { AskError, type Entities, type Random } from "@troupe/actor";
import { type History, HistoryRecorder, seededRandom } from "@troupe/testkit";
import type { tallyProtocol } from "./tally.ts";
import type { TallyCall } from "./tally-model.ts";

const tickMs = 10;
const callsPerTick = 6;
const addShare = 0.8;
const withinMs = 1500;

/** What became of the increments, by the name of the call. */
export interface TallyOutcome {
  readonly acknowledged: ReadonlySet<string>;
  /** Given up at stage `unreachable`, which promises that nothing was stored. */
  readonly refused: ReadonlySet<string>;
  readonly unknown: ReadonlySet<string>;
  readonly keys: readonly string[];
  readonly history: History<TallyCall, number>;
}

/** Someone who waits for certain keys to be answered. */
interface Waiting {
  readonly since: number;
  readonly node: string | undefined;
  readonly keys: Set<string>;
  readonly found: () => void;
}

/** Calls to many tallies at a steady rate, whatever becomes of them, with the history of it all. */
export class TallyLoad {
  readonly keys: readonly string[];
  readonly #tallies: Entities<(typeof tallyProtocol)["messages"]>;
  readonly #random: Random;
  readonly #name: string;
  readonly #history = new HistoryRecorder<TallyCall, number>();
  readonly #ends = { acknowledged: new Set<string>(), refused: new Set<string>() };
  readonly #adds = new Set<string>();
  readonly #open = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #calls = 0;

  constructor(
    tallies: Entities<(typeof tallyProtocol)["messages"]>,
    options: { readonly name: string; readonly keys: number; readonly seed: number },
  ) {
    const { name, keys, seed } = options;
    this.#tallies = tallies;
    this.#name = name;
    this.#random = seededRandom(seed);
    this.keys = Array.from({ length: keys }, (_, nth) => `${name}-${nth}`);
    this.#timer = setInterval(() => {
      for (let nth = 0; nth < callsPerTick; nth += 1) this.#call();
    }, tickMs);
  }

  /** Resolves when every key has answered a call made from now on. */
  everyKeyAnswers(): Promise<void> {
    return this.#answered(this.keys, undefined);
  }

  /** Resolves when a call made from now on was answered by that node. */
  answersFrom(node: string): Promise<void> {
    return this.#answered(["any"], node);
  }

  /** Calls no more, and waits until all calls have ended. */
  async end(): Promise<TallyOutcome> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    const { acknowledged, refused } = this.#ends;
    const unknown = this.#adds.difference(acknowledged).difference(refused);
    return { acknowledged, refused, unknown, keys: this.keys, history: this.#history.history() };
  }

  #answered(keys: readonly string[], node: string | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ since: this.#calls, node, keys: new Set(keys), found: resolve });
    return promise;
  }

  #call(): void {
    // Some keys are far busier than others, so that several calls meet there.
    const at = Math.floor(this.#random.next() ** 2 * this.keys.length);
    const key = this.keys[at] as string;
    const kind = this.#random.next() < addShare ? "add" : "total";
    const running = this.#run(this.#calls, key, kind);
    this.#calls += 1;
    this.#open.add(running);
    void running.then(() => this.#open.delete(running));
  }

  async #run(at: number, key: string, kind: TallyCall["kind"]): Promise<void> {
    const call = `${this.#name}/${at}`;
    if (kind === "add") this.#adds.add(call);
    const ref = this.#tallies.ref(key);
    const open = this.#history.call(at, { kind, key });
    try {
      const asked =
        kind === "add"
          ? ref.ask("add", { call }, { withinMs })
          : ref.ask("total", {}, { withinMs });
      const { sum, node } = await asked;
      open.returned(sum);
      if (kind === "add") this.#ends.acknowledged.add(call);
      this.#note(at, key, node);
    } catch (thrown) {
      if (!(thrown instanceof AskError)) throw thrown;
      if (thrown.stage === "unreachable") this.#ends.refused.add(call);
      if (thrown.stage === "unreachable" || kind === "total") open.hadNoEffect();
    }
  }

  #note(at: number, key: string, node: string): void {
    this.#waiting = this.#waiting.filter((waiting) => {
      if (at < waiting.since || (waiting.node ?? node) !== node) return true;
      waiting.keys.delete(waiting.node === undefined ? key : "any");
      if (waiting.keys.size > 0) return true;
      waiting.found();
      return false;
    });
  }
}
