/** What one agent believes about who does what, for its neighbours: JSON data. */
export interface View {
  readonly from: string;
  /** The sender's own count of its views: a later one is higher. */
  readonly at: number;
  /** By task: the highest bid known, 0 when there is none. */
  readonly bids: readonly number[];
  /** By task: who made it. */
  readonly winners: readonly (string | null)[];
  /** By agent: up to which of its views the sender has heard of it, at first or at second hand. */
  readonly heard: Readonly<Record<string, number>>;
  /** Agents that are gone for good. */
  readonly gone: readonly string[];
}

/** What an agent of the consensus needs to know. */
export interface BundleAgentSpec {
  /** Unique among the agents. */
  readonly id: string;
  /** How many tasks there are; they are numbered from 0. */
  readonly tasks: number;
  /** Most tasks that it takes. */
  readonly most: number;
  /**
   * What doing these tasks in this order is worth to the agent, 0 for none. It must be the same whenever asked. Where
   * every further task adds the less, the more the agent has already (diminishing marginal gain), the whole is worth at
   * least half the optimum.
   */
  readonly score: (path: readonly number[]) => number;
  /** Its first view is numbered higher. One that begins anew must begin higher than it ended. Default 0. */
  readonly startAt?: number;
}

/**
 * One agent of CBBA, the consensus-based bundle algorithm (H.-L. Choi, L. Brunet, J. P. How, "Consensus-based
 * decentralized auctions for robust task allocation", IEEE Transactions on Robotics 25(4), 2009): it takes tasks greedily
 * into a bundle, bids its gains for them, and gives up what a neighbour knows a higher bid for, with all that it
 * took after it.
 */
export interface BundleAgent {
  readonly spec: BundleAgentSpec;
  /** Tasks in the order taken. */
  readonly bundle: number[];
  /** The same tasks in the order in which they are done. */
  readonly path: number[];
  readonly bids: number[];
  readonly winners: (string | null)[];
  readonly heard: Map<string, number>;
  readonly gone: Set<string>;
  at: number;
}

/** An agent that has taken nothing and heard of nobody. */
export function createBundleAgent(spec: BundleAgentSpec): BundleAgent {
  return {
    spec,
    bundle: [],
    path: [],
    bids: new Array<number>(spec.tasks).fill(0),
    winners: new Array<string | null>(spec.tasks).fill(null),
    heard: new Map(),
    gone: new Set(),
    at: spec.startAt ?? 0,
  };
}

/** A view to be sent to the neighbours, numbered anew. */
export function nextView(agent: BundleAgent): View {
  agent.at += 1;
  return {
    from: agent.spec.id,
    at: agent.at,
    bids: [...agent.bids],
    winners: [...agent.winners],
    heard: Object.fromEntries(agent.heard),
    gone: [...agent.gone],
  };
}

/**
 * Adds tasks as long as there is one that the agent gains by and nobody is known to bid more for: always the one
 * it gains most by, at the best place of its path.
 *
 * A bid is never higher than the agent's earlier ones for its bundle. That changes nothing where gains diminish, and
 * makes the agents agree for any other scores too (L. Johnson et al., "Allowing non-submodular score functions in
 * distributed task allocation", CDC 2012).
 *
 * @returns whether something was added
 */
export function buildBundle(agent: BundleAgent): boolean {
  const { spec, bundle, path, bids, winners, gone } = agent;
  if (gone.has(spec.id)) return false;
  const before = bundle.length;
  while (bundle.length < spec.most) {
    const worth = spec.score(path);
    const cap = Math.min(Number.POSITIVE_INFINITY, ...bundle.map((task) => bids[task] ?? 0));
    let best: { task: number; gain: number; place: number } | undefined;
    for (let task = 0; task < spec.tasks; task += 1) {
      if (winners[task] === spec.id) continue;
      const { gain, place } = bestPlace(spec, path, task, worth);
      if (gain <= (best?.gain ?? 0)) continue;
      if (isHigher(Math.min(gain, cap), spec.id, bids[task] ?? 0, winners[task] ?? null)) {
        best = { task, gain, place };
      }
    }
    if (best === undefined) break;
    bundle.push(best.task);
    path.splice(best.place, 0, best.task);
    bids[best.task] = Math.min(best.gain, cap);
    winners[best.task] = spec.id;
  }
  return bundle.length > before;
}

function bestPlace(
  { score }: BundleAgentSpec,
  path: readonly number[],
  task: number,
  worth: number,
): { readonly gain: number; readonly place: number } {
  let best = { gain: Number.NEGATIVE_INFINITY, place: 0 };
  for (let place = 0; place <= path.length; place += 1) {
    const gain = score(path.toSpliced(place, 0, task)) - worth;
    if (gain > best.gain) best = { gain, place };
  }
  return best;
}

/** Whether a bid beats another: by its height, at equal ones by the name. */
export function isHigher(
  bid: number,
  bidder: string | null,
  other: number,
  otherBidder: string | null,
): boolean {
  if (bidder === null) return false;
  if (otherBidder === null) return bid > 0;
  return bid > other || (bid === other && bidder < otherBidder);
}

/** Gives up the first task that is lost and all taken after it: their bids counted on it. */
export function releaseLost({ spec, bundle, path, bids, winners }: BundleAgent): void {
  const lost = bundle.findIndex((task) => winners[task] !== spec.id);
  if (lost < 0) return;
  for (const task of bundle.splice(lost)) {
    path.splice(path.indexOf(task), 1);
    if (winners[task] !== spec.id) continue;
    bids[task] = 0;
    winners[task] = null;
  }
}

/**
 * An agent is gone for good: nobody has what it had. Whoever is called gone must begin again under another name, and has
 * no tasks.
 *
 * @returns whether that is news
 */
export function depart(agent: BundleAgent, id: string): boolean {
  if (agent.gone.has(id)) return false;
  agent.gone.add(id);
  for (const [task, winner] of agent.winners.entries()) {
    if (winner !== id) continue;
    agent.winners[task] = null;
    agent.bids[task] = 0;
  }
  releaseLost(agent);
  return true;
}
