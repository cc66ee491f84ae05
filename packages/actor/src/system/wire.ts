import { Decoder, Encoder } from "@msgpack/msgpack";
import { z } from "zod";
import { formatTraceparent, parseTraceparent } from "../ports/trace-context.ts";
import type { TraceContext } from "../ports/tracer.ts";
import type { Answer } from "./envelope.ts";

/**
 * What crosses between nodes: a MessagePack array, fields by position, absent ones nil.
 * The first field says which of the kinds it is.
 */
export type WireMessage =
  | {
      readonly kind: "message";
      readonly type: string;
      readonly body: unknown;
      readonly sender: string | undefined;
      readonly trace: TraceContext | undefined;
      readonly deadline: number | undefined;
      readonly chain: readonly string[] | undefined;
    }
  | { readonly kind: "answer"; readonly answer: Answer }
  /** The asked actor has begun, and will take its time. */
  | { readonly kind: "taken" }
  | { readonly kind: "watch" | "unwatch"; readonly watcher: string }
  | { readonly kind: "terminated"; readonly actor: string; readonly reason: string };

const text = z.string();
const optionalText = z.string().nullable();
const messageShape = z.tuple([
  z.literal("m"),
  text,
  z.unknown(),
  optionalText,
  optionalText,
  optionalText,
  z.number().nullable(),
  z.array(text).nullable(),
]);
const answerShape = z.tuple([z.literal("a"), z.boolean(), z.unknown(), z.unknown()]);
const stages = ["unreachable", "mailbox", "handler", "cycle"] as const;

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

export function encodeWire(message: WireMessage): Uint8Array {
  switch (message.kind) {
    case "message": {
      const { type, body, sender, trace, deadline, chain } = message;
      return encoder.encode([
        "m",
        type,
        body,
        sender,
        trace && formatTraceparent(trace),
        trace?.state,
        deadline,
        chain,
      ]);
    }
    case "answer": {
      const { answer } = message;
      return encoder.encode(
        answer.ok ? ["a", true, answer.value, null] : ["a", false, answer.stage, answer.detail],
      );
    }
    case "taken":
      return encoder.encode(["t"]);
    case "watch":
      return encoder.encode(["w", message.watcher]);
    case "unwatch":
      return encoder.encode(["u", message.watcher]);
    case "terminated":
      return encoder.encode(["x", message.actor, message.reason]);
  }
}

/** Reads what {@link encodeWire} wrote; `undefined` for anything else, which is nobody's message. */
export function decodeWire(payload: Uint8Array): WireMessage | undefined {
  let fields: unknown;
  try {
    fields = decoder.decode(payload);
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields)) return undefined;
  const [kind, first, second] = fields;
  if (kind === "m") {
    const parsed = messageShape.safeParse(fields);
    if (!parsed.success) return undefined;
    const [, type, body, sender, traceparent, state, deadline, chain] = parsed.data;
    return {
      kind: "message",
      type,
      body,
      sender: sender ?? undefined,
      trace: parseTraceparent(traceparent ?? undefined, state ?? undefined),
      deadline: deadline ?? undefined,
      chain: chain ?? undefined,
    };
  }
  if (kind === "a") {
    const parsed = answerShape.safeParse(fields);
    if (!parsed.success) return undefined;
    const [, ok, value, detail] = parsed.data;
    if (ok) return { kind: "answer", answer: { ok, value: value ?? undefined } };
    const stage = stages.find((known) => known === value);
    if (stage === undefined) return undefined;
    return { kind: "answer", answer: { ok: false, stage, detail: String(detail) } };
  }
  if (kind === "t") return { kind: "taken" };
  if (typeof first !== "string") return undefined;
  if (kind === "w") return { kind: "watch", watcher: first };
  if (kind === "u") return { kind: "unwatch", watcher: first };
  if (kind === "x") return { kind: "terminated", actor: first, reason: String(second) };
  return undefined;
}
