import { Decoder, Encoder } from "@msgpack/msgpack";
import { formatTraceparent, parseTraceparent } from "../ports/trace-context.ts";
import type { TraceContext } from "../ports/tracer.ts";
import type { Answer } from "../system/envelope.ts";

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
const stages = ["unreachable", "mailbox", "handler", "cycle"] as const;
/** How many of the latest routes are compared before a new one is written. */
const routesCompared = 4;

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

/**
 * A parcel as MessagePack: `[format, from, routes, items]`. Routes stand once however many messages
 * use them; an item begins with its code, and a message goes on with the index of its route.
 *
 * @throws Error when a body cannot be encoded
 */
export function encodeParcel({ from, items }: Parcel): Uint8Array {
  const routes: Route[] = [];
  const fields = items.map((item) => fieldsOf(item, routes));
  return encoder.encode([format, from, routes.map(routeFields), fields]);
}

function fieldsOf(item: Item, routes: Route[]): unknown[] {
  switch (item.kind) {
    case "message": {
      const { route, body, ask } = item;
      const index = indexOf(route, routes);
      if (ask === undefined) return [codes.tell, index, body];
      return [codes.ask, index, body, ask.id, ask.deadline];
    }
    case "answer": {
      const { id, answer } = item;
      // MessagePack has no undefined: it is a field that is not there.
      if (answer.ok)
        return answer.value === undefined ? [codes.answer, id] : [codes.answer, id, answer.value];
      return [codes.failure, id, answer.stage, answer.detail];
    }
    case "taken":
      return [codes.taken, item.id];
    case "watch":
      return [codes.watch, item.path, item.watcher, item.linked];
    case "unwatch":
      return [codes.unwatch, item.path, item.watcher];
    case "terminated":
      return [codes.terminated, item.path, item.actor, item.reason];
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

function routeFields({ path, type, sender, trace, chain }: Route): unknown[] {
  const traceparent = trace && formatTraceparent(trace);
  return [path, type, sender, traceparent, trace?.state, chain.length === 0 ? null : chain];
}

/** Reads what {@link encodeParcel} wrote; `undefined` for anything else. */
export function decodeParcel(payload: Uint8Array): Parcel | undefined {
  let fields: unknown;
  try {
    fields = decoder.decode(payload);
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields)) return undefined;
  const [version, from, routeList, itemList] = fields;
  if (version !== format || !isText(from)) return undefined;
  if (!Array.isArray(routeList) || !Array.isArray(itemList)) return undefined;
  const routes = readAll(routeList, readRoute);
  const items = routes && readAll(itemList, (item) => readItem(item, routes));
  return items && { from, items };
}

function readAll<T>(list: readonly unknown[], read: (one: unknown[]) => T | undefined) {
  const all: T[] = [];
  for (const one of list) {
    const known = Array.isArray(one) ? read(one) : undefined;
    if (known === undefined) return undefined;
    all.push(known);
  }
  return all;
}

function readRoute([path, type, sender, traceparent, state, chain]: unknown[]): Route | undefined {
  if (!isText(path) || !isText(type)) return undefined;
  if (!isOptionalText(sender) || !isOptionalText(traceparent) || !isOptionalText(state)) {
    return undefined;
  }
  const waiting = chain ?? [];
  if (!Array.isArray(waiting) || !waiting.every(isText)) return undefined;
  const trace = parseTraceparent(traceparent ?? undefined, state ?? undefined);
  return { path, type, sender: sender ?? undefined, trace, chain: waiting };
}

function readItem(
  [code, first, second, third, fourth]: unknown[],
  routes: readonly Route[],
): Item | undefined {
  switch (code) {
    case codes.tell:
    case codes.ask: {
      const route = isNumber(first) ? routes[first] : undefined;
      if (route === undefined) return undefined;
      if (code === codes.tell) return { kind: "message", route, body: second, ask: undefined };
      if (!isNumber(third) || !isNumber(fourth)) return undefined;
      return { kind: "message", route, body: second, ask: { id: third, deadline: fourth } };
    }
    case codes.answer:
      if (!isNumber(first)) return undefined;
      return { kind: "answer", id: first, answer: { ok: true, value: second } };
    case codes.failure: {
      const stage = stages.find((known) => known === second);
      if (!isNumber(first) || stage === undefined) return undefined;
      return { kind: "answer", id: first, answer: { ok: false, stage, detail: String(third) } };
    }
    case codes.taken:
      return isNumber(first) ? { kind: "taken", id: first } : undefined;
    case codes.watch:
      if (!isText(first) || !isText(second)) return undefined;
      return { kind: "watch", path: first, watcher: second, linked: third === true };
    case codes.unwatch:
      if (!isText(first) || !isText(second)) return undefined;
      return { kind: "unwatch", path: first, watcher: second };
    case codes.terminated:
      if (!isText(first) || !isText(second)) return undefined;
      return { kind: "terminated", path: first, actor: second, reason: String(third) };
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
