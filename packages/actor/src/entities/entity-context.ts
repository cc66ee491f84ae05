import { z } from "zod";
import type { ActorContext, Handlers } from "../behaviour.ts";
import type { Journal } from "../ports/journal.ts";
import type { Definitions, MessageName } from "../protocol.ts";
import type { EntityContext, EntityDefinition } from "./definition.ts";
import type { Entities } from "./refs.ts";

/** What an activation needs of the region it lives in. */
export interface ActivationDesk {
  readonly key: string;
  /** Undefined for volatile entities. */
  readonly journal: Journal | undefined;
  /** Some host fell silent: whatever was last read may be outdated by now. */
  doubtful(): boolean;
  /** The setup has succeeded. */
  ready(): void;
  /** The setup has failed. */
  failed(error: Error): void;
  /** The activation can't go on. */
  lost(why: "fenced" | "unknown"): void;
  /** A delivery is about to run. */
  begun(id: string): void;
  passivate(): void;
  /** Entities that wait for what is at work now, this one last. */
  chain(): readonly string[];
  entities<C extends Definitions>(
    definition: EntityDefinition<C>,
    from: ActorContext,
    chain: () => readonly string[],
  ): Entities<C>;
}

/** How messages reach the actor of an activation; those without an id are its own timers'. */
export const handedShape = z.object({ id: z.string().optional(), body: z.unknown() });
export type Handed = z.output<typeof handedShape>;

export type AnyHandlers = Readonly<Record<string, (body: unknown) => unknown>>;

/** What an activation is doing. */
export interface Current {
  handlers: AnyHandlers;
  /** A handler is at work. */
  busy: boolean;
}

/** The context of an activation's actor as the entity's behaviour sees it. */
export function contextOf(
  definition: EntityDefinition,
  desk: ActivationDesk,
  context: ActorContext,
  current: Current,
): EntityContext<Definitions> {
  const { timers } = context;
  const handed = (body: unknown): Handed => ({ body });
  const entities = <C extends Definitions>(of: EntityDefinition<C>): Entities<C> =>
    desk.entities(of, context, () => (current.busy ? desk.chain() : []));
  return {
    key: desk.key,
    node: context.node,
    clock: context.clock,
    random: context.random,
    log: context.log,
    signal: context.signal,
    get trace() {
      return context.trace;
    },
    self: entities(definition).ref(desk.key),
    entities,
    passivate: () => desk.passivate(),
    timers: {
      once: (name, delayMs, type, body) => timers.once(name, delayMs, type, handed(body) as never),
      every: (name, periodMs, type, body) =>
        timers.every(name, periodMs, type, handed(body) as never),
      cancel: (name) => timers.cancel(name),
    },
    receiveTimeout: (idleMs, type, body) =>
      context.receiveTimeout(idleMs, type as MessageName<Definitions>, handed(body) as never),
    become: (handlers: Handlers<Definitions>) => {
      current.handlers = handlers as AnyHandlers;
    },
    spawn: (actor, options) => context.spawn(actor, options),
    ref: (protocol, address) => context.ref(protocol, address),
    watch: (ref, then) => context.watch(ref, then),
    unwatch: (ref) => context.unwatch(ref),
    pipe: (work, then) => context.pipe(work, then),
    span: (name, attributes, work, parent) =>
      parent === undefined
        ? context.span(name, attributes, work)
        : context.span(name, attributes, work, parent),
    onStop: (cleanUp) => context.onStop(cleanUp),
  };
}
