import { type Actor, type Body, type Definitions, defineActor, type Protocol } from "@troupe/actor";
import { UnexpectedMessageError } from "./faults/errors.ts";
import { settled, type VirtualClock } from "./virtual-clock.ts";

/** A message that a probe got. */
export interface Received {
  readonly type: string;
  readonly body: unknown;
}

/** Answers of a probe to queries, by name: the answer, or how to make it from the question. */
export type Answers = Readonly<Record<string, unknown>>;

interface ExpectOptions {
  /** Virtual time to wait, milliseconds. Default 1000. */
  readonly withinMs?: number;
}

const usualPatienceMs = 1000;

/** An actor that only listens, and what a test expects it to hear. */
export interface Probe<D extends Definitions> {
  /** To be spawned like any other. */
  readonly actor: Actor<D>;
  /**
   * The body of the next message, moving time forward until it comes.
   *
   * @throws UnexpectedMessageError when another comes first, or none in time
   */
  expect<T extends keyof D & string>(type: T, options?: ExpectOptions): Promise<Body<D, T>>;
  /** @throws UnexpectedMessageError when a message comes after all */
  expectNothing(options?: ExpectOptions): Promise<void>;
  /** What came and was not expected yet, oldest first. */
  readonly waiting: readonly Received[];
}

/**
 * Makes a probe: an actor of the given protocol that keeps what it is sent.
 *
 * @param answers for the protocol's queries; an unanswered one fails the probe
 * @example
 * const listener = probe(newsProtocol, clock);
 * system.spawn(listener.actor, { name: "listener" });
 * expect(await listener.expect("headline", { withinMs: 5000 })).toEqual({ text: "rain" });
 */
export function probe<D extends Definitions>(
  protocol: Protocol<D>,
  clock: VirtualClock,
  answers: Answers = {},
): Probe<D> {
  const waiting: Received[] = [];
  const came = async (withinMs: number): Promise<boolean> => {
    const until = clock.monotonic() + withinMs;
    await settled();
    while (waiting.length === 0 && (await clock.step(until))) {}
    if (waiting.length === 0) await clock.advance(until - clock.monotonic());
    return waiting.length > 0;
  };
  const handlers = Object.fromEntries(
    Object.keys(protocol.messages).map((type) => [
      type,
      (body: unknown) => {
        waiting.push({ type, body });
        const answer = answers[type];
        return typeof answer === "function" ? answer(body) : answer;
      },
    ]),
  );
  return {
    actor: defineActor(protocol, () => handlers as never),
    waiting,
    expect: async (type, { withinMs = usualPatienceMs } = {}) => {
      const next = (await came(withinMs)) ? waiting.shift() : undefined;
      if (next?.type === type) return next.body as never;
      throw new UnexpectedMessageError(type, withinMs, [...(next ? [next] : []), ...waiting]);
    },
    expectNothing: async ({ withinMs = usualPatienceMs } = {}) => {
      if (await came(withinMs)) throw new UnexpectedMessageError(undefined, withinMs, [...waiting]);
    },
  };
}
