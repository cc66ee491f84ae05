import { ensureError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import { activatorIn, subjectOf } from "./entity-state.ts";
import { type Hosts, ownerAmong } from "./hosts.ts";

/** How long an entity is left to the node that has fenced this one, whatever the view says. */
const yieldMs = 10_000;

interface PlacementOptions {
  readonly kind: string;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly hosts: Hosts;
  readonly journal: Journal | undefined;
}

/** Where a message for an entity goes: handled here, to another node, or nowhere. */
export type Place =
  | { readonly kind: "here" }
  | { readonly kind: "elsewhere"; readonly node: string }
  | { readonly kind: "nowhere"; readonly reason: "cut-off" | "no-host"; readonly detail: string };

const here: Place = { kind: "here" };
const cutOff: Place = {
  kind: "nowhere",
  reason: "cut-off",
  detail: "its node may be cut off from the others",
};
const noHost: Place = {
  kind: "nowhere",
  reason: "no-host",
  detail: "no live node hosts its kind",
};

/** Decides where entities of a kind belong, as one host sees it. */
export class Placement {
  readonly #options: PlacementOptions;
  /** By key, to whom and until when. */
  readonly #yielded = new Map<string, { readonly node: string; readonly until: number }>();

  constructor(options: PlacementOptions) {
    this.#options = options;
  }

  of(key: string): Place {
    return this.view()(key);
  }

  /** The places of many keys, as they are now: whoever is there is looked up once. */
  view(): (key: string) => Place {
    const { hosts, node, kind } = this.#options;
    const live = hosts.live();
    if (hosts.cutOff(live)) return () => cutOff;
    return (key) => {
      const owner = this.#yieldedTo(key, live) ?? ownerAmong(live, kind, key);
      if (owner === undefined) return noHost;
      return owner === node ? here : { kind: "elsewhere", node: owner };
    };
  }

  /** Changes when the place of any entity may have. */
  get version(): string {
    return this.#options.hosts.live().join(" ");
  }

  /** Some host fell silent: whatever was last read may be outdated by now. */
  doubtful(): boolean {
    return this.#options.hosts.doubtful();
  }

  /** A node to which the key was left sends a message for it back, so it is not there any more. */
  returned(key: string, via: string): void {
    if (this.#yielded.get(key)?.node === via) this.#yielded.delete(key);
  }

  /**
   * Leaves the key to the node that activated it last, so that two nodes that do not agree where it
   * belongs do not take it from each other again and again.
   */
  async yield(key: string): Promise<void> {
    const { journal, kind, node: self, clock, log } = this.#options;
    try {
      const stored = (await journal?.read(subjectOf(kind, key))) ?? [];
      const latest = stored.findLast(({ payload }) => activatorIn(payload) !== undefined);
      const node = latest && activatorIn(latest.payload);
      if (node === undefined || node === self) return;
      this.#yielded.set(key, { node, until: clock.monotonic() + yieldMs });
    } catch (thrown) {
      log("warn", "who took an entity over could not be read", { key, error: ensureError(thrown) });
    }
  }

  /** Forgets what was left to others long ago. */
  sweep(): void {
    const now = this.#options.clock.monotonic();
    for (const [key, { until }] of this.#yielded) if (until <= now) this.#yielded.delete(key);
  }

  #yieldedTo(key: string, live: readonly string[]): string | undefined {
    const yielded = this.#yielded.get(key);
    const isValid =
      yielded !== undefined &&
      yielded.until > this.#options.clock.monotonic() &&
      live.includes(yielded.node);
    return isValid ? yielded.node : undefined;
  }
}
