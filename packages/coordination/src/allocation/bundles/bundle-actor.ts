import { type Actor, defineActor } from "@troupe/actor";
import {
  type BundleAgentSpec,
  buildBundle,
  createBundleAgent,
  depart,
  nextView,
} from "./bundle-agent.ts";
import { hear } from "./hear.ts";
import { bundleProtocol } from "./protocol.ts";

/** What an agent needs besides, to be an actor. */
export interface BundleActorSpec extends Omit<BundleAgentSpec, "startAt"> {
  /**
   * Addresses of its neighbours by their ids: actors of {@link bundleActor}, on nodes that are known here. To be neighbours
   * goes both ways, and all agents must hang together.
   */
  readonly neighbours: ReadonlyMap<string, string>;
  /** How often it tells its neighbours what it believes though nothing has changed, milliseconds. Default 1000. */
  readonly spreadMs?: number;
}

/**
 * An agent that shares out tasks with its neighbours by CBBA, without anybody in the middle.
 *
 * It tells its neighbours when its beliefs have changed, and every `spreadMs` in any case, which repairs lost messages
 * and cuts. Once nothing changes any more all that hang together agree, and nobody has another's task; nobody knows
 * that moment for sure: ask for `holdings`, and take them when `unchangedMs` is several times the way
 * across the network. A neighbour that stops, or whose node is lost, is called gone, and its tasks go to others; so is one that
 * was only cut off: it has no tasks from when it hears of that, and two may have worked on one until then.
 * One that is restarted by its supervisor begins with nothing and bids anew.
 */
export function bundleActor(spec: BundleActorSpec): Actor<(typeof bundleProtocol)["messages"]> {
  const { neighbours, spreadMs = 1000 } = spec;
  return defineActor(bundleProtocol, (context) => {
    const agent = createBundleAgent({ ...spec, startAt: context.clock.now() });
    const refs = [...neighbours.values()].map((address) => context.ref(bundleProtocol, address));
    let changedAt = context.clock.now();
    let isSpreading = false;
    const spreadSoon = (): void => {
      if (isSpreading) return;
      isSpreading = true;
      // Goes behind the views that have arrived with this one.
      context.self.tell("spread", {});
    };
    const reconsider = (hasChanged: boolean): void => {
      if (!buildBundle(agent) && !hasChanged) return;
      changedAt = context.clock.now();
      spreadSoon();
    };
    for (const [id, address] of neighbours) {
      context.watch({ address }, () => reconsider(depart(agent, id)));
    }
    context.timers.every("spread", spreadMs, "spread", {});
    reconsider(true);
    return {
      inform: (view) => reconsider(hear(agent, view)),
      spread: () => {
        isSpreading = false;
        const view = nextView(agent);
        for (const ref of refs) ref.tell("inform", view);
      },
      holdings: () => ({
        path: [...agent.path],
        winners: [...agent.winners],
        unchangedMs: context.clock.now() - changedAt,
      }),
    };
  });
}
