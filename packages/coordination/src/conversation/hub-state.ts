import type { ConversationEnvelope, Draft } from "./envelope.ts";

/** How much a hub holds, and how long it tries. */
export interface HubLimits {
  /** That are registered at a time; more are refused. */
  readonly participants: number;
  /** That are remembered at a time; a draft that begins another is refused. */
  readonly threads: number;
  /** Newest messages kept of one thread. */
  readonly messages: number;
  /** Messages that wait for one participant; a post to one with more is refused. */
  readonly waiting: number;
  /** Messages under way to one participant at once, unconfirmed. */
  readonly window: number;
  /** A thread without news for so long is forgotten, milliseconds. */
  readonly retainMs: number;
  /** How long a confirmation is waited for, milliseconds. */
  readonly redeliverMs: number;
  /** How often a message is sent again. */
  readonly redeliveries: number;
}

/** How far a message is on its way to one participant. `lost`: sent as often as is allowed, and never confirmed. */
export type DeliveryState = "waiting" | "sent" | "confirmed" | "expired" | "lost";

interface Delivery {
  readonly state: DeliveryState;
  readonly tries: number;
  /** When it is sent again. */
  readonly dueAt: number;
}

interface Kept {
  readonly envelope: ConversationEnvelope;
  readonly deliveries: ReadonlyMap<string, Delivery>;
}

interface Thread {
  /** In the order in which they were posted. */
  readonly ids: readonly string[];
  readonly changedAt: number;
  /** Older ones were forgotten. */
  readonly forgotten: number;
}

/** What a hub knows. Plain data; every change makes a new value. */
export interface HubState {
  readonly limits: HubLimits;
  /** Addresses by name. */
  readonly participants: ReadonlyMap<string, string>;
  readonly threads: ReadonlyMap<string, Thread>;
  readonly messages: ReadonlyMap<string, Kept>;
  /** Ids of what is on its way, by participant, in the order of posting. */
  readonly outboxes: ReadonlyMap<string, readonly string[]>;
}

/**
 * Why something was not done.
 *
 * - `name-taken`: somebody else goes by that name. `not-registered`: post after registering.
 * - `no-receiver`: nobody else is there, or one that is named is not.
 * - `expired`: it was of no use when it came. `id-taken`: another message has that id.
 * - `outbox-full`: a receiver has too much waiting; post again later. `hub-full`: no room for more threads or participants.
 */
export type HubRefusal =
  | "name-taken"
  | "not-registered"
  | "no-receiver"
  | "expired"
  | "id-taken"
  | "outbox-full"
  | "hub-full";

export type Changed = { readonly state: HubState; readonly refusal?: HubRefusal };

export function emptyHub(limits: HubLimits): HubState {
  const none = new Map<never, never>();
  return { limits, participants: none, threads: none, messages: none, outboxes: none };
}

/** Registers an address under a name; again with the same address changes nothing. */
export function register(state: HubState, name: string, address: string): Changed {
  const known = state.participants.get(name);
  if (known === address) return { state };
  if (known !== undefined) return { state, refusal: "name-taken" };
  if (state.participants.size >= state.limits.participants) return { state, refusal: "hub-full" };
  return { state: { ...state, participants: new Map(state.participants).set(name, address) } };
}

/** Takes a participant out: what waits for it is lost. */
export function unregister(state: HubState, name: string): HubState {
  if (!state.participants.has(name)) return state;
  const participants = new Map(state.participants);
  participants.delete(name);
  const left = (state.outboxes.get(name) ?? []).reduce(
    (so, id) => settle(so, id, name, "lost"),
    state,
  );
  return { ...left, participants };
}

/** Takes a message in for all its receivers, or for none. A repeat of the same post changes nothing. */
export function post(state: HubState, draft: Draft, now: number): Changed {
  const { limits, participants, messages, threads } = state;
  if (!participants.has(draft.from)) return { state, refusal: "not-registered" };
  const known = messages.get(draft.id);
  if (known !== undefined) {
    const { at, ...before } = known.envelope;
    const same = JSON.stringify(sorted(before)) === JSON.stringify(sorted(draft));
    return same ? { state } : { state, refusal: "id-taken" };
  }
  if (draft.expiresAt !== undefined && draft.expiresAt <= now) return { state, refusal: "expired" };
  const receivers = draft.to ?? [...participants.keys()].filter((one) => one !== draft.from);
  if (receivers.length === 0 || receivers.some((one) => !participants.has(one))) {
    return { state, refusal: "no-receiver" };
  }
  if (receivers.some((one) => (state.outboxes.get(one)?.length ?? 0) >= limits.waiting)) {
    return { state, refusal: "outbox-full" };
  }
  const thread = threads.get(draft.conversation) ?? { ids: [], changedAt: now, forgotten: 0 };
  if (!threads.has(draft.conversation) && threads.size >= limits.threads) {
    return { state, refusal: "hub-full" };
  }
  const deliveries = new Map(
    receivers.map((one) => [one, { state: "waiting", tries: 0, dueAt: now } as const]),
  );
  const outboxes = new Map(state.outboxes);
  for (const one of deliveries.keys()) outboxes.set(one, [...(outboxes.get(one) ?? []), draft.id]);
  const kept: HubState = {
    ...state,
    outboxes,
    messages: new Map(messages).set(draft.id, { envelope: { ...draft, at: now }, deliveries }),
    threads: new Map(threads).set(draft.conversation, {
      ...thread,
      ids: [...thread.ids, draft.id],
      changedAt: now,
    }),
  };
  return { state: shorten(kept, draft.conversation) };
}

/** A participant has a message. */
export function confirm(state: HubState, participant: string, id: string): HubState {
  return settle(state, id, participant, "confirmed");
}

/**
 * What is to be sent now: to each participant as much as its window allows, the greatest priority first and then in the order
 * of posting, and again what was not confirmed in time. What has expired, or was sent too often, is given up.
 */
export function dueDeliveries(
  state: HubState,
  now: number,
): {
  readonly state: HubState;
  readonly due: readonly { readonly to: string; readonly envelope: ConversationEnvelope }[];
} {
  let next = state;
  const due: { to: string; envelope: ConversationEnvelope }[] = [];
  for (const [to, ids] of state.outboxes) {
    for (const id of ids) {
      const kept = next.messages.get(id);
      const delivery = kept?.deliveries.get(to);
      if (kept === undefined || delivery === undefined) continue;
      const { expiresAt } = kept.envelope;
      if (expiresAt !== undefined && expiresAt <= now) next = settle(next, id, to, "expired");
      else if (delivery.tries > state.limits.redeliveries && delivery.dueAt <= now) {
        next = settle(next, id, to, "lost");
      }
    }
    const open = (next.outboxes.get(to) ?? []).flatMap((id) => {
      const kept = next.messages.get(id);
      const delivery = kept?.deliveries.get(to);
      return kept === undefined || delivery === undefined ? [] : [{ kept, delivery }];
    });
    const sent = open.filter(({ delivery }) => delivery.state === "sent");
    const fresh = open
      .filter(({ delivery }) => delivery.state === "waiting")
      .toSorted((a, b) => b.kept.envelope.priority - a.kept.envelope.priority)
      .slice(0, Math.max(0, state.limits.window - sent.length));
    for (const { kept, delivery } of [
      ...sent.filter((one) => one.delivery.dueAt <= now),
      ...fresh,
    ]) {
      const again: Delivery = {
        state: "sent",
        tries: delivery.tries + 1,
        dueAt: now + state.limits.redeliverMs,
      };
      next = withDelivery(next, kept.envelope.id, to, again);
      due.push({ to, envelope: kept.envelope });
    }
  }
  return { state: next, due };
}

/** Forgets threads without news for longer than they are retained. */
export function forgetOld(state: HubState, now: number): HubState {
  const old = [...state.threads].filter(
    ([, { changedAt }]) => now - changedAt >= state.limits.retainMs,
  );
  if (old.length === 0) return state;
  const gone = new Set(old.map(([conversation]) => conversation));
  const threads = new Map([...state.threads].filter(([conversation]) => !gone.has(conversation)));
  return forget(
    { ...state, threads },
    old.flatMap(([, { ids }]) => ids),
  );
}

/** How far a message is on its way to each receiver; undefined for one that is not known. */
export function deliveriesOf(
  { messages }: HubState,
  id: string,
): Readonly<Record<string, DeliveryState>> | undefined {
  const kept = messages.get(id);
  if (kept === undefined) return undefined;
  return Object.fromEntries([...kept.deliveries].map(([to, { state }]) => [to, state]));
}

/** The kept messages of a conversation in the order of posting, and how many older ones were forgotten. */
export function threadOf(
  { threads, messages }: HubState,
  conversation: string,
): { readonly messages: readonly ConversationEnvelope[]; readonly forgotten: number } {
  const thread = threads.get(conversation);
  const kept = (thread?.ids ?? []).flatMap((id) => {
    const one = messages.get(id);
    return one === undefined ? [] : [one.envelope];
  });
  return { messages: kept, forgotten: thread?.forgotten ?? 0 };
}

function shorten(state: HubState, conversation: string): HubState {
  const thread = state.threads.get(conversation);
  const surplus = (thread?.ids.length ?? 0) - state.limits.messages;
  if (thread === undefined || surplus <= 0) return state;
  const threads = new Map(state.threads).set(conversation, {
    ...thread,
    ids: thread.ids.slice(surplus),
    forgotten: thread.forgotten + surplus,
  });
  return forget({ ...state, threads }, thread.ids.slice(0, surplus));
}

function forget(state: HubState, ids: readonly string[]): HubState {
  const gone = new Set(ids);
  const messages = new Map([...state.messages].filter(([id]) => !gone.has(id)));
  const outboxes = new Map(
    [...state.outboxes].map(([to, waiting]) => [to, waiting.filter((id) => !gone.has(id))]),
  );
  return { ...state, messages, outboxes };
}

function settle(state: HubState, id: string, to: string, ended: DeliveryState): HubState {
  const delivery = state.messages.get(id)?.deliveries.get(to);
  if (delivery === undefined || delivery.state === "confirmed") return state;
  const outbox = (state.outboxes.get(to) ?? []).filter((one) => one !== id);
  const without = { ...state, outboxes: new Map(state.outboxes).set(to, outbox) };
  return withDelivery(without, id, to, { ...delivery, state: ended });
}

function withDelivery(state: HubState, id: string, to: string, delivery: Delivery): HubState {
  const kept = state.messages.get(id);
  if (kept === undefined) return state;
  const deliveries = new Map(kept.deliveries).set(to, delivery);
  return { ...state, messages: new Map(state.messages).set(id, { ...kept, deliveries }) };
}

function sorted(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
