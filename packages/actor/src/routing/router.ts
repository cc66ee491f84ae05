import { AskError, NoMembersError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import { type Random, systemRandom } from "../ports/random.ts";
import { systemClock } from "../ports/system-clock.ts";
import type { Body, Definitions, MessageName, Protocol, QueryName, Reply } from "../protocol.ts";
import type { AskOptions, Ref } from "../ref.ts";
import {
  type CapableMembers,
  type CapableMembersOf,
  type FromContext,
  type FromSystem,
  Members,
  type NamedMembers,
} from "./members.ts";
import type { Choose, RoutedMessage, RoutingStrategy } from "./strategy.ts";

/** How a router chooses among its members. */
export interface RouterOptions<D extends Definitions> {
  /** How the member for each message is picked. */
  readonly strategy: RoutingStrategy<D>;
  /** Chance and time. Default: those of the actor's context; for a system, the process's own. */
  readonly ports?: { readonly random?: Random; readonly clock?: Clock };
}

/** How long an ask through a router waits, and whether another member is tried. */
export interface RouterAskOptions extends AskOptions {
  /**
   * Whether an ask that found its member `unreachable` goes to one other member, in the time that
   * is left. Default false: the first member may have begun before it went, so set this only for a
   * query that may run twice.
   */
  readonly retryUnreachable?: boolean;
}

/** Several actors with the same protocol behind one `tell` and `ask`: each message goes to one of them. */
export interface Router<D extends Definitions> {
  /** Addresses of the members now, sorted. */
  members(): readonly string[];
  /**
   * Sends to one member without an answer. What cannot be delivered becomes a dead letter, also
   * when there are no members; then its receiver is `<node>/group:<capability>`. Throws only what
   * the strategy throws.
   *
   * Messages to one member arrive in the order they were sent; between members there is no order.
   */
  tell<T extends MessageName<D>>(type: T, body: Body<D, T>): void;
  /**
   * Sends to one member and waits for its answer, `withinMs` milliseconds at most, another try
   * included.
   *
   * Rejects with a `NoMembersError` when there are no members, and otherwise as `Ref.ask` does,
   * with an `AskError` whose `address` is the member's.
   */
  ask<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    options: RouterAskOptions,
  ): Promise<Reply<D, T>>;
}

/**
 * Sends each message to one of several actors: those that advertise a capability, wherever they
 * live, or those that are named. To reach them all, use `groupOf`.
 *
 * A router is a local object, not an actor: it costs no hop, and each sender has its own. A node
 * that fails stays among the members until the cluster declares it lost; until then asks to its
 * actors fail as `unreachable` or run out of time.
 *
 * @param from a system, or the context of the actor that sends
 * @param protocol what every member understands; a member with another protocol makes dead letters
 * @param options the members, as `{ capability }`, looked up in the cluster for each message (from
 *   an actor's context, say where: `{ capability, cluster: system.cluster }`), or named
 *   `{ members }`; and the `strategy`
 *
 * @example
 * const cleaners = routerTo(system, cleanerProtocol, {
 *   capability: "clean",
 *   strategy: leastBusy(),
 * });
 * await cleaners.ask("clean", { table }, { withinMs: 5000, retryUnreachable: true });
 */
export function routerTo<D extends Definitions>(
  from: FromSystem,
  protocol: Protocol<D>,
  options: (NamedMembers | CapableMembers) & RouterOptions<NoInfer<D>>,
): Router<D>;
export function routerTo<D extends Definitions>(
  from: FromContext,
  protocol: Protocol<D>,
  options: (NamedMembers | CapableMembersOf) & RouterOptions<NoInfer<D>>,
): Router<D>;
export function routerTo<D extends Definitions>(
  from: FromSystem | FromContext,
  protocol: Protocol<D>,
  options: (NamedMembers | CapableMembers) & RouterOptions<D>,
): Router<D> {
  const own: { readonly random?: Random; readonly clock?: Clock } = "random" in from ? from : {};
  return new GroupRouter(new Members(from, protocol, options), options.strategy, {
    random: options.ports?.random ?? own.random ?? systemRandom,
    clock: options.ports?.clock ?? own.clock ?? systemClock,
  });
}

class GroupRouter<D extends Definitions> implements Router<D> {
  readonly #members: Members<D>;
  readonly #choose: Choose<RoutedMessage<D>>;
  readonly #clock: Clock;
  readonly #openAsks = new Map<string, number>();

  constructor(
    members: Members<D>,
    strategy: RoutingStrategy<D>,
    ports: { readonly random: Random; readonly clock: Clock },
  ) {
    this.#members = members;
    this.#clock = ports.clock;
    this.#choose = strategy({
      random: ports.random,
      openAsks: (address) => this.#openAsks.get(address) ?? 0,
    });
  }

  members(): readonly string[] {
    return this.#members.addresses();
  }

  tell<T extends MessageName<D>>(type: T, body: Body<D, T>): void {
    const members = this.members();
    const to: Ref<D> =
      members.length === 0
        ? this.#members.nobody()
        : this.#members.ref(this.#pick(members, type, body));
    to.tell(type, body);
  }

  async ask<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    { withinMs, retryUnreachable = false }: RouterAskOptions,
  ): Promise<Reply<D, T>> {
    const members = this.members();
    if (members.length === 0) throw new NoMembersError(this.#members.capability, type);
    const begun = this.#clock.monotonic();
    const member = this.#pick(members, type, body);
    try {
      return await this.#askMember(member, type, body, withinMs);
    } catch (thrown) {
      if (!retryUnreachable || !(thrown instanceof AskError) || thrown.stage !== "unreachable") {
        throw thrown;
      }
      const others = this.members().filter((other) => other !== member);
      const leftMs = withinMs - (this.#clock.monotonic() - begun);
      if (others.length === 0 || leftMs <= 0) throw thrown;
      return await this.#askMember(this.#pick(others, type, body), type, body, leftMs);
    }
  }

  #pick<T extends keyof D & string>(members: readonly string[], type: T, body: Body<D, T>): string {
    return this.#choose(members, { type, body } as RoutedMessage<D>);
  }

  async #askMember<T extends QueryName<D>>(
    address: string,
    type: T,
    body: Body<D, T>,
    withinMs: number,
  ): Promise<Reply<D, T>> {
    this.#openAsks.set(address, (this.#openAsks.get(address) ?? 0) + 1);
    try {
      return await this.#members.ref(address).ask(type, body, { withinMs });
    } finally {
      const open = (this.#openAsks.get(address) ?? 1) - 1;
      if (open === 0) this.#openAsks.delete(address);
      else this.#openAsks.set(address, open);
    }
  }
}
