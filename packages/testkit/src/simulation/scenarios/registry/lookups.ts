import { checkDeltaAtomic } from "../../../linearizability/delta-atomic.ts";
import type { Operation } from "../../../linearizability/history.ts";
import type { Verdict } from "../../../linearizability/verdict.ts";
import type { Life, SimulatedNode } from "../../node.ts";
import type { World } from "../../world.ts";
import {
  type AdvertisedChange,
  type AdvertisedInput,
  type AdvertisedOutput,
  advertisedModel,
  listOf,
  missing,
} from "./advertised-register.ts";
import { lookEveryMs, sleptMs, staleMs } from "./bounds.ts";
import { type Audible, Silences } from "./silences.ts";

type Lookup = Operation<AdvertisedInput, AdvertisedOutput>;

/** Configurations looked at before a history counts as undecided. */
const searchNodes = 100_000;

/** A change of what a node advertises. */
interface Advertisement {
  readonly at: number;
  readonly change: AdvertisedChange;
}

/** A sleep of the node that looks: when it ended, and how long it was. */
interface Slept {
  readonly until: number;
  readonly forMs: number;
}

interface Looked {
  readonly at: number;
  /** Δ, milliseconds. */
  readonly staleMs: number;
  readonly output: AdvertisedOutput;
}

interface View {
  readonly of: SimulatedNode;
  readonly silences: Silences;
  /** Written down. */
  readonly looks: Looked[];
  /** Which may not be written down. */
  latest: Looked | undefined;
}

/** One life of a node, and what it has found of each node. */
interface Observer {
  readonly name: string;
  readonly node: SimulatedNode;
  readonly life: Life;
  readonly began: number;
  readonly sleeps: Slept[];
  sleptMs: number;
  readonly views: readonly View[];
}

/**
 * Which actors nodes have found of each other, held against what these advertised.
 *
 * Every node's advertisement is a register that it alone writes, and that every life of a node
 * reads. What holds of its reads:
 * - They are Δ-atomic: each gives, whole, what was advertised at some moment of the last `staleMs`
 *   in which the reader was awake, and after the reader began, since it hears nothing sent before.
 *   Of itself a node knows without delay: there Δ is 0 and the reads are linearizable.
 * - A node is missed only while it is down, asleep or cut off for so long that it may be suspected,
 *   and until it can be heard again.
 * - What one life finds of a node never goes back to an earlier advertisement, nor to a former
 *   life. `Membership` promises that while the node stays a member, and after a farewell. After a
 *   loss it has forgotten what it knew, so that this holds because no message is under way for
 *   longer than suspicion takes, as is so here.
 */
export class Lookups {
  readonly #world: World;
  readonly #advertised = new Map<SimulatedNode, Advertisement[]>();
  readonly #observers = new Map<SimulatedNode, Observer>();
  readonly #former: Observer[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** A node begins another life. */
  begins(node: SimulatedNode): void {
    const { life } = node;
    const { nodes } = this.#world;
    const began = this.#now;
    const former = this.#observers.get(node);
    if (former !== undefined) this.#former.push(former);
    this.#observers.set(node, {
      name: `${node.name}#${life.number}`,
      node,
      life,
      began,
      sleeps: [],
      sleptMs: 0,
      views: nodes.map((of) => ({
        of,
        silences: new Silences(began),
        looks: [],
        latest: undefined,
      })),
    });
    this.changes(node, { kind: "boots" });
  }

  /** What the node advertises changes. */
  changes(node: SimulatedNode, change: AdvertisedChange): void {
    const log = this.#advertised.get(node) ?? [];
    this.#advertised.set(node, log);
    // Who is down may be killed once more.
    if (change.kind === "goes-down" && log.at(-1)?.change.kind === "goes-down") return;
    log.push({ at: this.#now, change });
  }

  /** To be told after each step: who can hear whom, before anybody looks. */
  listen(): void {
    for (const { node, views } of this.#observers.values()) {
      for (const { of, silences } of views) {
        if (of !== node) silences.is(this.#audible(of, node), this.#now);
      }
    }
  }

  /** The node has a look, and finds these actors of all nodes. */
  looks(node: SimulatedNode, found: readonly string[]): void {
    const observer = this.#observers.get(node);
    if (observer === undefined) return;
    const { life, sleeps } = observer;
    const forMs = life.process.pausedMs - observer.sleptMs;
    observer.sleptMs = life.process.pausedMs;
    if (forMs > 0) sleeps.push({ until: this.#now, forMs });
    const members = life.system.cluster.nodes();
    for (const view of observer.views) {
      const { name } = view.of;
      const theirs = found.filter((address) => address.startsWith(`${name}/`));
      const isFound = theirs.length > 0 || members.includes(name);
      this.#look(observer, view, isFound ? listOf(theirs) : missing);
    }
  }

  end(): void {
    for (const observer of [...this.#former, ...this.#observers.values()]) {
      for (const view of observer.views) {
        const history = this.#history(observer, view);
        const verdict = verdictOn(history, true);
        this.#world.trace.add("delta-atomic", String(verdict.linearizable));
        if (verdict.linearizable === true) continue;
        const who = `${observer.name} and ${view.of.name}`;
        if (verdict.linearizable === undefined) {
          this.#world.violate("the checker comes to a verdict", who);
          continue;
        }
        const isOld = verdictOn(history, false).linearizable === false;
        this.#world.violate(
          isOld ? "what is found was advertised lately" : "what is found does not go back in time",
          `${who}: ${sayingOf(verdict.unplaced)}`,
        );
      }
    }
  }

  get #now(): number {
    return this.#world.clock.monotonic();
  }

  #audible(of: SimulatedNode, by: SimulatedNode): Audible {
    if (!of.isUp || of.isLeaving) return "gone";
    const isHeard = of.life.process.state === "running" && !this.#world.loses(of.name, by.name);
    return isHeard ? "heard" : "unheard";
  }

  #look(observer: Observer, view: View, output: AdvertisedOutput): void {
    const { latest, looks, of } = view;
    const knowsAtOnce = of === observer.node || output === missing;
    const delta = knowsAtOnce ? 0 : this.#staleMs(observer);
    const look: Looked = { at: this.#now, staleMs: delta, output };
    view.latest = look;
    // While a view stays the same, its first look, its last and some in between say it all.
    const kept = looks.at(-1);
    const isNew = latest?.output !== output;
    if (isNew && latest !== undefined && latest !== kept) looks.push(latest);
    if (isNew || kept === undefined || look.at - kept.at >= lookEveryMs) looks.push(look);
  }

  /** Δ of a look now: the awake time, the sleeps in it, and nothing from before the life. */
  #staleMs({ began, sleeps }: Observer): number {
    let since = this.#now - staleMs;
    for (const { until, forMs } of sleeps.toReversed()) {
      if (until <= since) break;
      since -= forMs + sleptMs;
    }
    return this.#now - Math.max(since, began);
  }

  #history(observer: Observer, { of, silences, looks, latest }: View): readonly Lookup[] {
    if (latest === undefined) return [];
    const pair = `${observer.name} ${of.name}`;
    const at = (
      process: string,
      time: number,
      input: AdvertisedInput,
      output?: AdvertisedOutput,
    ): Lookup => ({ process, call: time, return: time, input, output });
    const advertised = (this.#advertised.get(of) ?? [])
      .filter(({ at: time }) => time <= latest.at)
      .map(({ at: time, change }) => at(of.name, time, { pair, ...change }));
    // A node never misses itself.
    const absences = of === observer.node ? [] : silences.absences(this.#now);
    const missable = absences.flatMap(({ from, until }) => [
      at("network", from, { kind: "missable", pair }),
      at("network", until, { kind: "not-missable", pair }),
    ]);
    let number = 0;
    const all = looks.at(-1) === latest ? looks : [...looks, latest];
    const looked = all.map(({ at: time, staleMs: delta, output }) => {
      const input = { kind: "look", pair, number, staleMs: delta } as const;
      if (output !== missing) number += 1;
      return at(observer.name, time, input, output);
    });
    return [...advertised, ...missable, ...looked];
  }
}

function verdictOn(
  history: readonly Lookup[],
  inOrder: boolean,
): Verdict<AdvertisedInput, AdvertisedOutput> {
  const delta = ({ input }: Lookup): number => (input.kind === "look" ? input.staleMs : 0);
  return checkDeltaAtomic(advertisedModel({ inOrder }), history, delta, { nodes: searchNodes });
}

function sayingOf({ return: at, input, output }: Lookup): string {
  const what = output === missing ? "was missed" : `was found with '${String(output)}'`;
  const allowedMs = input.kind === "look" ? Math.round(input.staleMs) : 0;
  return `at ${at} it ${what}, not so in the ${allowedMs} ms before`;
}
