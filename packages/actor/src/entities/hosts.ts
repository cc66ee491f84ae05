import { rendezvous } from "../cluster/rendezvous.ts";
import type { Clock } from "../ports/clock.ts";
import type { Cluster, SystemEvent } from "../system-api.ts";
import { hostCapability } from "./region-protocol.ts";

/** Names of the live nodes that host the kind, as this node sees them, sorted. */
export function liveHosts(cluster: Cluster, kind: string): readonly string[] {
  const nodes = cluster.find(hostCapability(kind)).map(({ node }) => node);
  return [...new Set(nodes)].sort();
}

/** Where the key belongs among these hosts. */
export function ownerAmong(
  hosts: readonly string[],
  kind: string,
  key: string,
): string | undefined {
  return rendezvous(`${kind}/${key}`, hosts);
}

/**
 * Who hosts a kind, and whether this node is on the larger side of a partition. A host that said good-bye or
 * stopped hosting is forgotten; one that fell silent counts for `minorityMs`, since it may be this
 * node that is cut off.
 */
export class Hosts {
  readonly #cluster: Cluster;
  readonly #kind: string;
  readonly #clock: Clock;
  readonly #minorityMs: number;
  readonly #known = new Set<string>();
  /** By name, when it fell silent. */
  readonly #silent = new Map<string, number>();

  constructor(cluster: Cluster, kind: string, clock: Clock, minorityMs: number) {
    this.#cluster = cluster;
    this.#kind = kind;
    this.#clock = clock;
    this.#minorityMs = minorityMs;
  }

  /** Live hosts now, sorted. */
  live(): readonly string[] {
    const live = liveHosts(this.#cluster, this.#kind);
    const nodes = this.#cluster.nodes();
    for (const node of this.#known) if (nodes.includes(node)) this.#known.delete(node);
    for (const node of live) this.#known.add(node);
    return live;
  }

  observe(event: SystemEvent): void {
    if (event.kind === "node-lost" && this.#known.has(event.node)) {
      this.#silent.set(event.node, this.#clock.monotonic());
    } else if (event.kind === "node-joined" || event.kind === "node-left") {
      this.#silent.delete(event.node);
      this.#known.delete(event.node);
    }
  }

  /** Some host fell silent lately: it is not certain who is cut off from whom. */
  doubtful(): boolean {
    return this.#silentHosts().length > 0;
  }

  /**
   * This node sees fewer than half of the hosts there should be; of two equal halves, the one without the
   * first name gives way.
   */
  cutOff(live: readonly string[] = this.live()): boolean {
    const silent = this.#silentHosts();
    if (silent.length === 0 || live.length > silent.length) return false;
    if (live.length < silent.length) return true;
    const [first] = [...live, ...silent].sort();
    return first !== undefined && !live.includes(first);
  }

  #silentHosts(): readonly string[] {
    const now = this.#clock.monotonic();
    for (const [node, since] of this.#silent) {
      if (now - since < this.#minorityMs) continue;
      this.#silent.delete(node);
      this.#known.delete(node);
    }
    return [...this.#silent.keys()];
  }
}
