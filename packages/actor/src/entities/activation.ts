import { z } from "zod";
import { type Actor, type ActorContext, defineActor, type Setup } from "../behaviour.ts";
import { type AskStage, ensureError, HandedOnError } from "../errors.ts";
import { type Definitions, defineProtocol, message, type Protocol, query } from "../protocol.ts";
import type { EntityDefinition } from "./definition.ts";
import {
  type ActivationDesk,
  type AnyHandlers,
  type Current,
  contextOf,
  type Handed,
  handedShape,
} from "./entity-context.ts";
import type { OpenedState } from "./entity-state.ts";

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

/**
 * One activation of an entity as an actor: opens the state, runs the setup, and guards each handler, so that
 * a write that was refused ends the activation without an answer.
 */
export function activationOf(definition: EntityDefinition, desk: ActivationDesk): Actor {
  const setup = async (context: ActorContext): Promise<AnyHandlers> => {
    try {
      const state = await open(definition, desk, context);
      const current: Current = { handlers: {}, busy: false };
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
function handedProtocol({
  protocol: { name, messages, spans = "each" },
}: EntityDefinition): Protocol {
  const handed = Object.entries(messages).map(([type, { reply }]) => [
    type,
    reply === undefined ? message(handedShape) : query(handedShape, z.unknown()),
  ]);
  return defineProtocol(name, Object.fromEntries(handed), { spans });
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
  current: Current,
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
