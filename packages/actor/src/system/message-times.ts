import type { Clock } from "../ports/clock.ts";
import type { Counter, Histogram, Meter } from "../ports/meter.ts";
import type { Attributes } from "../ports/tracer.ts";
import type { Protocol } from "../protocol.ts";
import type { Envelope } from "./envelope.ts";

/** One message in so many is timed: looking at the clock twice costs as much as a short handler. */
const timedEvery = 16;
/** Kinds of messages told apart; those that come later count together as `other`. */
const kindLimit = 500;
/** From 10 µs, below which a handler hardly matters, to a minute. */
const boundaries = [
  0.000_01, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60,
];

interface Labels {
  readonly ok: Attributes;
  readonly failed: Attributes;
}

/** How long messages wait in mailboxes and how long handlers take, by kind of message. */
export class MessageTimes {
  readonly #clock: Clock;
  readonly #waited: Histogram;
  readonly #handled: Histogram;
  readonly #failures: Counter;
  readonly #labels = new Map<Protocol, Map<string, Labels>>();
  readonly #other = labelsOf("other", "other");
  #kinds = 0;
  #untilNext = 1;
  /** Messages handed to handlers so far. */
  #messages = 0;

  constructor(meter: Meter, clock: Clock) {
    this.#clock = clock;
    this.#waited = meter.histogram("troupe.mailbox.wait", {
      description: `Time from the arrival of a message in a mailbox to its handler; one message in ${timedEvery} is timed`,
      unit: "s",
      boundaries,
    });
    this.#handled = meter.histogram("messaging.process.duration", {
      description: `Time that handlers of actors take; one message in ${timedEvery} is timed`,
      unit: "s",
      boundaries,
    });
    this.#failures = meter.counter("troupe.handler.failures", {
      description: "Messages whose handler failed",
      unit: "{message}",
    });
    meter.observe(
      "troupe.messages.handled",
      { description: "Messages handed to handlers", unit: "{message}", growing: true },
      () => [{ value: this.#messages }],
    );
  }

  /** A message has come into a mailbox: some are timed from here. */
  arrived(envelope: Envelope): void {
    this.#untilNext -= 1;
    if (this.#untilNext > 0) return;
    this.#untilNext = timedEvery;
    envelope.timedFrom = this.#clock.monotonic();
  }

  /** A handler begins with a message. */
  taken(protocol: Protocol, envelope: Envelope): void {
    this.#messages += 1;
    if (envelope.timedFrom === undefined) return;
    const now = this.#clock.monotonic();
    const { ok } = this.#labelsFor(protocol, envelope.type);
    this.#waited.record((now - envelope.timedFrom) / 1000, ok);
    envelope.timedFrom = now;
  }

  /** The handler of a message is through with it. */
  ended(protocol: Protocol, envelope: Envelope): void {
    const { timedFrom } = envelope;
    if (timedFrom === undefined) return;
    envelope.timedFrom = undefined;
    const { ok } = this.#labelsFor(protocol, envelope.type);
    this.#handled.record((this.#clock.monotonic() - timedFrom) / 1000, ok);
  }

  failed(protocol: Protocol, envelope: Envelope): void {
    const { ok, failed } = this.#labelsFor(protocol, envelope.type);
    this.#failures.add(1, ok);
    const { timedFrom } = envelope;
    if (timedFrom === undefined) return;
    envelope.timedFrom = undefined;
    this.#handled.record((this.#clock.monotonic() - timedFrom) / 1000, failed);
  }

  #labelsFor(protocol: Protocol, type: string): Labels {
    const known = this.#labels.get(protocol)?.get(type);
    if (known !== undefined) return known;
    if (this.#kinds >= kindLimit) return this.#other;
    this.#kinds += 1;
    const labels = labelsOf(protocol.name, type);
    const types = this.#labels.get(protocol) ?? new Map<string, Labels>();
    this.#labels.set(protocol, types.set(type, labels));
    return labels;
  }
}

function labelsOf(protocol: string, type: string): Labels {
  const ok = { "troupe.protocol": protocol, "troupe.message": type };
  return { ok, failed: { ...ok, "error.type": "handler" } };
}
