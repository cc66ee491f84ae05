import { ensureError, NoAnswerError, NoMembersError } from "../errors.ts";
import type { Body, Definitions, MessageName, Protocol, QueryName, Reply } from "../protocol.ts";
import type { AskOptions } from "../ref.ts";
import {
  type CapableMembers,
  type CapableMembersOf,
  type FromContext,
  type FromSystem,
  Members,
  type NamedMembers,
} from "./members.ts";

/** What one member answered. */
export interface MemberAnswer<R> {
  readonly address: string;
  readonly value: R;
}

/** Why one member did not answer: an `AskError` that says at which stage. */
export interface MemberFailure {
  readonly address: string;
  readonly error: Error;
}

/** What came back from all members of a group: each is in exactly one of the lists, by address. */
export interface Gathered<R> {
  readonly answers: ReadonlyArray<MemberAnswer<R>>;
  readonly failures: readonly MemberFailure[];
}

/** Several actors with the same protocol, addressed together. Who they are is looked up for each message. */
export interface Group<D extends Definitions> {
  /** Addresses of the members now, sorted. */
  members(): readonly string[];
  /**
   * Tells every member. Never throws: what cannot be delivered becomes a dead letter, also when
   * there are no members; then its receiver is `<node>/group:<capability>`.
   */
  broadcast<T extends MessageName<D>>(type: T, body: Body<D, T>): void;
  /**
   * Asks every member and waits until each has answered or failed (scatter-gather).
   *
   * Resolves after `withinMs` milliseconds at the latest, also when nobody has answered: a member
   * that is slow, gone or failing is one of `failures`. Rejects with a `NoMembersError` when there
   * are no members.
   */
  gather<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    options: AskOptions,
  ): Promise<Gathered<Reply<D, T>>>;
  /**
   * Asks every member and takes the answer that comes first. The others do their work all the
   * same, and what they answer is dropped.
   *
   * Members that fail are passed over. Rejects with a `NoAnswerError` that holds every failure
   * when none answers within `withinMs` milliseconds, and with a `NoMembersError` when there are
   * no members.
   */
  first<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    options: AskOptions,
  ): Promise<MemberAnswer<Reply<D, T>>>;
}

/**
 * Addresses several actors as one: those that advertise a capability, wherever they live, or those
 * that are named. To have one member take each message, use `routerTo`.
 *
 * @param from a system, or the context of the actor that sends
 * @param protocol what every member understands; a member with another protocol makes dead letters
 * @param which `{ capability }`, looked up in the cluster for each message (from an actor's
 *   context, say where: `{ capability, cluster: system.cluster }`), or named `{ members }`
 *
 * @example
 * const cleaners = groupOf(system, cleanerProtocol, { capability: "clean" });
 * cleaners.broadcast("reload", {});
 * const { answers, failures } = await cleaners.gather("load", {}, { withinMs: 500 });
 */
export function groupOf<D extends Definitions>(
  from: FromSystem,
  protocol: Protocol<D>,
  which: NamedMembers | CapableMembers,
): Group<D>;
export function groupOf<D extends Definitions>(
  from: FromContext,
  protocol: Protocol<D>,
  which: NamedMembers | CapableMembersOf,
): Group<D>;
export function groupOf<D extends Definitions>(
  from: FromSystem | FromContext,
  protocol: Protocol<D>,
  which: NamedMembers | CapableMembers,
): Group<D> {
  return new ActorGroup(new Members(from, protocol, which));
}

class ActorGroup<D extends Definitions> implements Group<D> {
  readonly #members: Members<D>;

  constructor(members: Members<D>) {
    this.#members = members;
  }

  members(): readonly string[] {
    return this.#members.addresses();
  }

  broadcast<T extends MessageName<D>>(type: T, body: Body<D, T>): void {
    const addresses = this.members();
    if (addresses.length === 0) this.#members.nobody().tell(type, body);
    for (const address of addresses) this.#members.ref(address).tell(type, body);
  }

  async gather<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    options: AskOptions,
  ): Promise<Gathered<Reply<D, T>>> {
    const answers: MemberAnswer<Reply<D, T>>[] = [];
    const failures: MemberFailure[] = [];
    const asked = this.#someone(type);
    const outcomes = await Promise.allSettled(
      asked.map((address) => this.#members.ref(address).ask(type, body, options)),
    );
    outcomes.forEach((outcome, at) => {
      const address = asked[at] as string;
      if (outcome.status === "fulfilled") answers.push({ address, value: outcome.value });
      else failures.push({ address, error: ensureError(outcome.reason) });
    });
    return { answers, failures };
  }

  async first<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    options: AskOptions,
  ): Promise<MemberAnswer<Reply<D, T>>> {
    const failures: MemberFailure[] = [];
    const asked = this.#someone(type).map(async (address) => {
      try {
        return { address, value: await this.#members.ref(address).ask(type, body, options) };
      } catch (thrown) {
        failures.push({ address, error: ensureError(thrown) });
        throw thrown;
      }
    });
    try {
      return await Promise.any(asked);
    } catch {
      throw new NoAnswerError(type, failures);
    }
  }

  #someone(type: string): readonly string[] {
    const addresses = this.members();
    if (addresses.length === 0) throw new NoMembersError(this.#members.capability, type);
    return addresses;
  }
}
