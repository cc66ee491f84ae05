import { type ActorSystem, defineActor, defineProtocol, message, query } from "@troupe/actor";
import type { Resources } from "@troupe/orchestration";
import { z } from "zod";

/** How often new nodes are looked for, milliseconds. */
const lookMs = 1000;
/** How long a node has to say what it has, milliseconds; then it is asked again. */
const answerMs = 3000;
/** Name of the actor, and the capability by which others find it. */
const rosterName = "resources";

const amounts = z.record(z.string(), z.number());

const rosterProtocol = defineProtocol("resource-roster", {
  /** What the node has, and what it holds that the cluster has. */
  describe: query(z.object({}), z.object({ node: amounts, cluster: amounts })),
  /** Looks for nodes that have come or gone. */
  look: message(z.object({})),
});

/** What a node can give to tasks. */
export interface Provision {
  /** Amounts by name that the node itself has. */
  readonly node: Resources;
  /** Amounts by name of which the cluster has so many; the same on all nodes. */
  readonly cluster: Resources;
}

/** What the other nodes have, as far as they have said. */
export interface ResourceRoster {
  /** By node name; of those that have said. */
  others(): ReadonlyMap<string, Resources>;
  /** Whether there are nodes that have not said yet. */
  isPartial(): boolean;
}

/**
 * Makes what this node has known to the others, and learns what they have. Warns, once for each node
 * and value, when another node holds that the cluster has other units than this one does: both run
 * on, and what is granted is decided by whichever of them hosts the allocator at the time.
 *
 * @param own what this node was told that there is
 */
export function resourceRoster(system: ActorSystem, own: Provision): ResourceRoster {
  const known = new Map<string, Resources>();
  const asked = new Set<string>();
  const warned = new Set<string>();
  const actor = defineActor(rosterProtocol, (context) => {
    const forget = (node: string): void => {
      known.delete(node);
      asked.delete(node);
    };
    const take = (node: string, theirs: Provision): void => {
      known.set(node, theirs.node);
      const [mine, other] = [shown(own.cluster), shown(theirs.cluster)];
      if (mine === other || warned.has(`${node} ${other}`)) return;
      warned.add(`${node} ${other}`);
      context.log(
        "warn",
        `nodes disagree about the units of the cluster: '${context.node}' has '${mine}', '${node}' has '${other}'; set TROUPE_UNITS to the same on all nodes and start them again`,
        { other: node, mine, theirs: other },
      );
    };
    const look = (): void => {
      const found = system.cluster.find(rosterName).filter(({ node }) => node !== context.node);
      const there = new Set(found.map(({ node }) => node));
      for (const node of known.keys()) if (!there.has(node)) forget(node);
      for (const { node, address } of found) {
        if (known.has(node) || asked.has(node)) continue;
        asked.add(node);
        const answer = context
          .ref(rosterProtocol, address)
          .ask("describe", {}, { withinMs: answerMs });
        context.pipe(answer, (settled) => {
          // It may have left, or come anew, while it was asked.
          if (asked.delete(node) && settled.ok) take(node, settled.value);
        });
      }
    };
    context.onStop(
      system.observe((event) => {
        // One that comes again may have been started anew, with other resources.
        if (event.kind === "node-joined" || event.kind === "node-left") forget(event.node);
      }),
    );
    context.timers.every("look", lookMs, "look", {});
    return { describe: () => ({ node: { ...own.node }, cluster: { ...own.cluster } }), look };
  });
  system.spawn(actor, { name: rosterName, capabilities: [rosterName] });
  return {
    others: () => known,
    isPartial: () =>
      system.cluster.find(rosterName).some(({ node }) => node !== system.node && !known.has(node)),
  };
}

/** Amounts as people write them, in one order. */
function shown(units: Resources): string {
  return Object.entries(units)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, amount]) => `${name}=${amount}`)
    .join(",");
}
