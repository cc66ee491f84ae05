import { UnsendableValueError } from "../errors.ts";
import { formatTraceparent, parseTraceparent } from "../ports/trace-context.ts";
import type { TraceContext } from "../ports/tracer.ts";
import type { Answer } from "../system/envelope.ts";
import { pack, unpack } from "./codec.ts";

/** What messages of one sender to one actor have in common. */
export interface Route {
  readonly path: string;
  readonly type: string;
  readonly sender: string | undefined;
  readonly trace: TraceContext | undefined;
  /** Addresses of the actors that wait, for asks. */
  readonly chain: readonly string[];
}

/** One thing that a node tells another. Paths are of actors on the receiving node. */
export type Item =
  | {
      readonly kind: "message";
      readonly route: Route;
      readonly body: unknown;
      readonly ask: { readonly id: number; readonly deadline: number } | undefined;
    }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  /** The asked actor has begun, and will take its time. */
  | { readonly kind: "taken"; readonly id: number }
  | {
      readonly kind: "watch";
      readonly path: string;
      readonly watcher: string;
      readonly linked: boolean;
    }
  | { readonly kind: "unwatch"; readonly path: string; readonly watcher: string }
  | {
      readonly kind: "terminated";
      readonly path: string;
      readonly actor: string;
      readonly reason: string;
    };

/** What one node sends another in one go. */
export interface Parcel {
  readonly from: string;
  readonly items: readonly Item[];
}

/** First field of every parcel; another one is of a release that this one does not understand. */
const format = 1;
const codes = {
  tell: 0,
  ask: 1,
  answer: 2,
  failure: 3,
  taken: 4,
  watch: 5,
  unwatch: 6,
  terminated: 7,
} as const;
/** How many fields an item of each code has, the code included. */
const lengths = {
  [codes.tell]: 3,
  [codes.ask]: 5,
  [codes.answer]: 3,
  [codes.failure]: 4,
  [codes.taken]: 2,
  [codes.watch]: 4,
  [codes.unwatch]: 3,
  [codes.terminated]: 4,
} as const;
/** Fields before the first item. */
const headerFields = 3;
const stages = ["unreachable", "mailbox", "handler", "cycle"] as const;
/** How many of the latest routes are compared before a new one is written. */
const routesCompared = 4;

/**
 * A parcel as MessagePack: `[format, from, routes, ...items]`. Routes stand once however many messages
 * use them. Items stand one after the other: a code and as many fields as that code has, for messages
 * the index of their route first.
 *
 * @throws UnsendableValueError when a body or an answer holds a function; Error when it cannot be encoded otherwise
 */
export function encodeParcel({ from, items }: Parcel): Uint8Array {
  const routes: Route[] = [];
  const routeList: unknown[] = [];
  const fields: unknown[] = [format, from, routeList];
  for (const item of items) addFields(fields, item, routes);
  const textOf = sameAsBefore(
    (trace: TraceContext | undefined) => trace && formatTraceparent(trace),
  );
  for (const route of routes) routeList.push(routeFields(route, textOf(route.trace)));
  try {
    return pack(fields);
  } catch (thrown) {
    // For the sender the path begins in the body.
    throw thrown instanceof UnsendableValueError
      ? new UnsendableValueError(thrown.path.slice(1))
      : thrown;
  }
}

function addFields(fields: unknown[], item: Item, routes: Route[]): void {
  switch (item.kind) {
    case "message": {
      const { route, body, ask } = item;
      const index = indexOf(route, routes);
      if (ask === undefined) fields.push(codes.tell, index, body);
      else fields.push(codes.ask, index, body, ask.id, ask.deadline);
      return;
    }
    case "answer": {
      const { id, answer } = item;
      if (answer.ok) fields.push(codes.answer, id, answer.value);
      else fields.push(codes.failure, id, answer.stage, answer.detail);
      return;
    }
    case "taken":
      fields.push(codes.taken, item.id);
      return;
    case "watch":
      fields.push(codes.watch, item.path, item.watcher, item.linked);
      return;
    case "unwatch":
      fields.push(codes.unwatch, item.path, item.watcher);
      return;
    case "terminated":
      fields.push(codes.terminated, item.path, item.actor, item.reason);
  }
}

function indexOf(route: Route, routes: Route[]): number {
  const oldest = Math.max(0, routes.length - routesCompared);
  for (let index = routes.length - 1; index >= oldest; index -= 1) {
    const known = routes[index];
    if (known !== undefined && isSame(known, route)) return index;
  }
  return routes.push(route) - 1;
}

function isSame(a: Route, b: Route): boolean {
  return (
    a.path === b.path &&
    a.type === b.type &&
    a.sender === b.sender &&
    a.trace === b.trace &&
    (a.chain === b.chain || (a.chain.length === 0 && b.chain.length === 0))
  );
}

/** What was asked for last is known: what is sent together is often part of one span. */
function sameAsBefore<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let last: { readonly key: Key; readonly value: Value } | undefined;
  return (key) => {
    if (last === undefined || last.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

function routeFields(
  { path, type, sender, trace, chain }: Route,
  traceparent: string | undefined,
): unknown[] {
  return [path, type, sender, traceparent, trace?.state, chain.length === 0 ? null : chain];
}

/** Reads what {@link encodeParcel} wrote; `undefined` for anything else. */
export function decodeParcel(payload: Uint8Array): Parcel | undefined {
  let fields: unknown;
  try {
    fields = unpack(payload);
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields)) return undefined;
  const [version, from, routeList] = fields;
  if (version !== format || !isText(from) || !Array.isArray(routeList)) return undefined;
  const routes: Route[] = [];
  const traceOf = sameAsBefore((text: string | undefined) => parseTraceparent(text));
  for (const one of routeList) {
    const route = Array.isArray(one) ? readRoute(one, traceOf) : undefined;
    if (route === undefined) return undefined;
    routes.push(route);
  }
  const items: Item[] = [];
  for (let at = headerFields; at < fields.length; ) {
    const length = lengths[fields[at] as keyof typeof lengths];
    if (length === undefined || at + length > fields.length) return undefined;
    const item = readItem(fields, at, routes);
    if (item === undefined) return undefined;
    items.push(item);
    at += length;
  }
  return { from, items };
}

function readRoute(
  [path, type, sender, traceparent, state, chain]: unknown[],
  traceOf: (traceparent: string | undefined) => TraceContext | undefined,
): Route | undefined {
  if (!isText(path) || !isText(type)) return undefined;
  if (!isOptionalText(sender) || !isOptionalText(traceparent) || !isOptionalText(state)) {
    return undefined;
  }
  const waiting = chain ?? [];
  if (!Array.isArray(waiting) || !waiting.every(isText)) return undefined;
  const trace =
    typeof state === "string"
      ? parseTraceparent(traceparent ?? undefined, state)
      : traceOf(traceparent ?? undefined);
  return { path, type, sender: sender ?? undefined, trace, chain: waiting };
}

function readItem(
  fields: readonly unknown[],
  at: number,
  routes: readonly Route[],
): Item | undefined {
  const [code, first, second] = [fields[at], fields[at + 1], fields[at + 2]];
  switch (code) {
    case codes.tell:
    case codes.ask: {
      const route = isNumber(first) ? routes[first] : undefined;
      if (route === undefined) return undefined;
      if (code === codes.tell) return { kind: "message", route, body: second, ask: undefined };
      const [id, deadline] = [fields[at + 3], fields[at + 4]];
      if (!isNumber(id) || !isNumber(deadline)) return undefined;
      return { kind: "message", route, body: second, ask: { id, deadline } };
    }
    case codes.answer:
      if (!isNumber(first)) return undefined;
      return { kind: "answer", id: first, answer: { ok: true, value: second } };
    case codes.failure: {
      const stage = stages.find((known) => known === second);
      if (!isNumber(first) || stage === undefined) return undefined;
      const detail = String(fields[at + 3]);
      return { kind: "answer", id: first, answer: { ok: false, stage, detail } };
    }
    case codes.taken:
      return isNumber(first) ? { kind: "taken", id: first } : undefined;
    case codes.watch:
      if (!isText(first) || !isText(second)) return undefined;
      return { kind: "watch", path: first, watcher: second, linked: fields[at + 3] === true };
    case codes.unwatch:
      if (!isText(first) || !isText(second)) return undefined;
      return { kind: "unwatch", path: first, watcher: second };
    case codes.terminated:
      if (!isText(first) || !isText(second)) return undefined;
      return { kind: "terminated", path: first, actor: second, reason: String(fields[at + 3]) };
    default:
      return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isOptionalText(value: unknown): value is string | null | undefined {
  return value === null || value === undefined || typeof value === "string";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
