import { z } from "zod";
import {
  type Actor,
  type ActorContext,
  defineActor,
  type Handlers,
  type Setup,
} from "../behaviour.ts";
import { type AskStage, ensureError, HandedOnError } from "../errors.ts";
import type { Journal } from "../ports/journal.ts";
import {
  type Definitions,
  defineProtocol,
  type MessageName,
  message,
  type Protocol,
  query,
} from "../protocol.ts";
import type { EntityContext, EntityDefinition } from "./definition.ts";
import type { OpenedState } from "./entity-state.ts";
import type { Entities } from "./refs.ts";

/** What became of a message that an activation was handed. */
export type Handled =
  | { readonly kind: "answered"; readonly value: unknown }
  /** Nothing was stored, and the state it was answered from may be outdated; it may be asked again. */
  | { readonly kind: "refused"; readonly detail: string }
  /** The handler gave up in favour of whom it asked, and goes on. */
  | {
      readonly kind: "handed-on";
      readonly stage: Exclude<AskStage, "reply">;
      readonly detail: string;
    }
  /** This activation is over. `wrote`: some of what the message led to was stored before. */
  | { readonly kind: "lost"; readonly why: "fenced" | "unknown"; readonly wrote: boolean };

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
const handedShape = z.object({ id: z.string().optional(), body: z.unknown() });
type Handed = z.output<typeof handedShape>;

type AnyHandlers = Readonly<Record<string, (body: unknown) => unknown>>;

/**
 * One activation of an entity as an actor: opens the state, runs the setup, and guards each handler, so that
 * a write that was refused ends the activation without an answer.
 */
export function activationOf(definition: EntityDefinition, desk: ActivationDesk): Actor {
  const setup = async (context: ActorContext): Promise<AnyHandlers> => {
    try {
      const state = await open(definition, desk, context);
      const current: { handlers: AnyHandlers; busy: boolean } = { handlers: {}, busy: false };
      const view = contextOf(definition, desk, context, current);
      current.handlers = (await definition.setup(desk.key, view, state)) as AnyHandlers;
      const guarded = Object.keys(definition.protocol.messages).map((type) => [
        type,
        guard(definition, desk, state, current, type),
      ]);
      desk.ready();
      return Object.fromEntries(guarded);
    } catch (thrown) {
      desk.failed(ensureError(thrown));
      throw thrown;
    }
  };
  const { supervision } = definition;
  return defineActor(handedProtocol(definition), setup as unknown as Setup<Definitions>, {
    ...(supervision === undefined ? {} : { supervision }),
  });
}

/** The entity's protocol as its activation's actor understands it. */
function handedProtocol({ protocol: { name, messages } }: EntityDefinition): Protocol {
  const handed = Object.entries(messages).map(([type, { reply }]) => [
    type,
    reply === undefined ? message(handedShape) : query(handedShape, z.unknown()),
  ]);
  return defineProtocol(name, Object.fromEntries(handed));
}

async function open(
  definition: EntityDefinition,
  { journal, key }: ActivationDesk,
  { clock, random, log, node, signal }: ActorContext,
): Promise<OpenedState | undefined> {
  if (definition.open === undefined || journal === undefined) return undefined;
  const by = { node, activation: random.hex(8) };
  return await definition.open({ key, journal, clock, random, log, by, signal });
}

function guard(
  { protocol, staleMs }: EntityDefinition,
  desk: ActivationDesk,
  state: OpenedState | undefined,
  current: { readonly handlers: AnyHandlers; busy: boolean },
  type: string,
): (handed: Handed) => Promise<Handled> {
  const isQuery = protocol.messages[type]?.reply !== undefined;
  return async ({ id, body }) => {
    const writtenBefore = state?.appended ?? 0;
    const hasWritten = (): boolean => state !== undefined && state.appended > writtenBefore;
    const overIfLost = (): Handled | undefined => {
      if (state?.lost === undefined) return undefined;
      desk.lost(state.lost);
      return { kind: "lost", why: state.lost, wrote: hasWritten() };
    };
    if (id !== undefined) desk.begun(id);
    current.busy = true;
    try {
      const value = await current.handlers[type]?.(body);
      // An answer without a write is only as good as the state it was read from.
      const isRead = isQuery && state !== undefined && !hasWritten();
      const isFresh = !isRead || (state.confirmedMsAgo() < staleMs && !desk.doubtful());
      const refused = isFresh ? undefined : await confirm(state);
      return overIfLost() ?? refused ?? { kind: "answered", value };
    } catch (thrown) {
      const over = overIfLost();
      if (over !== undefined) return over;
      if (!(thrown instanceof HandedOnError)) throw thrown;
      return { kind: "handed-on", stage: thrown.stage, detail: thrown.message };
    } finally {
      current.busy = false;
    }
  };
}

async function confirm(state: OpenedState): Promise<Handled | undefined> {
  try {
    await state.confirm();
    return undefined;
  } catch (thrown) {
    const { message } = ensureError(thrown);
    return { kind: "refused", detail: `its journal could not be looked at: ${message}` };
  }
}

function contextOf(
  definition: EntityDefinition,
  desk: ActivationDesk,
  context: ActorContext,
  current: { handlers: AnyHandlers; readonly busy: boolean },
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
