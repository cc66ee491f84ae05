import {
  type Actor,
  type ActorContext,
  defineActor,
  type Handlers,
  type Supervision,
} from "../behaviour.ts";
import { AskError, HandedOnError, NoMembersError } from "../errors.ts";
import type { Body, Definitions, MessageName, QueryName } from "../protocol.ts";
import { groupOf } from "./group.ts";
import { roundRobin } from "./round-robin.ts";
import { type Router, routerTo } from "./router.ts";
import type { RoutingStrategy } from "./strategy.ts";

/** How many actors a pool has, and which of them takes a message. */
export interface PoolOptions<D extends Definitions> {
  /** How many children. At least 1. */
  readonly size: number;
  /**
   * How long a child may take to answer a query, milliseconds. Default: as long as the asker waits.
   */
  readonly withinMs?: number;
  /** How the child for each message is picked. Default `roundRobin()`. */
  readonly strategy?: RoutingStrategy<D>;
  /** Messages that go to every child instead of one, such as a new configuration. Default none. */
  readonly broadcast?: ReadonlyArray<MessageName<D>>;
  /** How failures of the children are treated. Default: the failed one is restarted, the others go on. */
  readonly supervision?: Supervision;
}

/**
 * An actor that does the work of several: spawns `size` children of `actor` and hands each message
 * to one of them, so that as many are handled side by side. To whoever holds its reference it is
 * one actor with the same protocol.
 *
 * A child that fails is restarted alone, with its mailbox, and its asker is told at which stage its
 * ask died; children are `permanent`, so one that stops itself comes back too. When failures are
 * more than the supervision allows, the pool fails, and its own supervisor decides. When every
 * child was stopped from outside, the pool stops.
 *
 * What must hold for all messages together doesn't in a pool: messages of one sender go to
 * different children and may overtake each other, unless a `consistentHash` strategy keeps those
 * of one key together. The pool has at most 1000 queries under way; more wait in its mailbox.
 *
 * @param actor what each child does
 * @throws RangeError when `size` is not a positive integer
 *
 * @example
 * const cleaners = system.spawn(poolOf(cleaner, { size: 4 }), {
 *   name: "cleaners",
 *   capabilities: ["clean"],
 * });
 */
export function poolOf<D extends Definitions>(
  actor: Actor<D>,
  options: PoolOptions<NoInfer<D>>,
): Actor<D> {
  const { size, supervision } = options;
  if (!(Number.isInteger(size) && size > 0)) {
    throw new RangeError(`a pool needs a positive integer of children, not ${size}`);
  }
  return defineActor(actor.protocol, (context) => handOn(context, actor, options), {
    interleave: "all",
    ...(supervision === undefined ? {} : { supervision }),
  });
}

function handOn<D extends Definitions>(
  context: ActorContext<D>,
  actor: Actor<D>,
  { size, strategy = roundRobin(), withinMs, broadcast = [] }: PoolOptions<D>,
): Handlers<D> {
  const { protocol } = actor;
  let children = Array.from({ length: size }, () => context.spawn(actor, { restart: "permanent" }));
  for (const child of children) {
    context.watch(child, () => {
      children = children.filter((other) => other !== child);
      if (children.length === 0) context.stop();
    });
  }
  const members = () => children;
  const one = routerTo(context, protocol, { members, strategy });
  const all = groupOf(context, protocol, { members });
  const toAll = new Set<string>(broadcast);

  const handler = (type: string) => {
    if (protocol.messages[type]?.reply !== undefined) {
      return (body: never) => {
        const left = (context.deadline ?? 0) - context.clock.now();
        return askOne(one, type as QueryName<D>, body, withinMs ?? left);
      };
    }
    const told = type as MessageName<D>;
    return toAll.has(type)
      ? (body: never) => all.broadcast(told, body)
      : (body: never) => one.tell(told, body);
  };
  const types = Object.keys(protocol.messages);
  return Object.fromEntries(types.map((type) => [type, handler(type)])) as unknown as Handlers<D>;
}

/** A child's failure is its own: the pool tells the asker, and goes on. */
async function askOne<D extends Definitions, T extends QueryName<D>>(
  router: Router<D>,
  type: T,
  body: Body<D, T>,
  withinMs: number,
): Promise<unknown> {
  try {
    return await router.ask(type, body, { withinMs });
  } catch (thrown) {
    if (thrown instanceof AskError || thrown instanceof NoMembersError) {
      throw new HandedOnError(thrown);
    }
    throw thrown;
  }
}
