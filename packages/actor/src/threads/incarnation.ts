import type { Actor, ActorContext, Handlers } from "../behaviour.ts";
import { ensureError } from "../errors.ts";
import type { TraceContext } from "../ports/tracer.ts";
import type { Protocol } from "../protocol.ts";
import { Calls } from "./calls.ts";
import { ThreadContext } from "./thread-context.ts";
import type { FromThread, Request, ToThread } from "./thread-messages.ts";
import { type Outcome, toThrown } from "./thrown.ts";

type Message = Extract<ToThread, { readonly kind: "message" }>;

/** What incarnations need of the thread they live in. */
export interface Surroundings {
  /** @throws DataCloneError for what can't cross */
  post(message: FromThread): void;
  /** Keeps an actor that is to be started here; returns its number. */
  adopt(actor: Actor): number;
}

/** One incarnation of an actor, in the thread: its handlers, and the order in which its code runs. */
export class Incarnation {
  readonly number: number;
  readonly address: string;
  readonly node: string;
  readonly surroundings: Surroundings;
  /** Work handed to the thread that holds the mailbox. */
  readonly calls = new Calls();
  /** Where the message at hand belongs in its trace. */
  trace: TraceContext | undefined;
  /** When whoever asked the message at hand stops waiting. */
  deadline: number | undefined;
  /** Who sent the message at hand. */
  sender: string | undefined;
  /** A message is at hand that holds the others, and so can be set aside. */
  handling = false;
  readonly #context = new ThreadContext(this);
  #protocol: Protocol | undefined;
  #handlers: Handlers<never> | undefined;
  #tail: Promise<void> = Promise.resolve();
  #over = false;

  constructor(number: number, address: string, node: string, surroundings: Surroundings) {
    this.number = number;
    this.address = address;
    this.node = node;
    this.surroundings = surroundings;
  }

  async start(actor: Actor): Promise<void> {
    this.#protocol = actor.protocol;
    const handlers = await actor.setup(this.#context as unknown as ActorContext);
    this.#handlers ??= handlers as Handlers<never>;
  }

  become(handlers: Handlers<never>): void {
    this.#handlers = handlers;
  }

  /** Runs the handler when what came before is done. */
  handle(message: Message): Promise<unknown> {
    const { type, body, trace, deadline, sender, interleaves } = message;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const work = async (): Promise<void> => {
      this.trace = trace;
      this.deadline = deadline;
      this.sender = sender;
      this.handling = !interleaves;
      try {
        resolve(await this.#handler(type)(this.#checked(type, body)));
      } catch (thrown) {
        this.#over = true;
        reject(thrown);
      } finally {
        if (!interleaves) this.handling = false;
      }
    };
    this.#next(interleaves ? () => void work() : work);
    return promise;
  }

  /** Runs a piece of the behaviour's own work, not while a handler is at work. */
  run(work: () => void | Promise<void>): void {
    this.#next(async () => {
      try {
        await work();
      } catch (thrown) {
        this.#over = true;
        this.request({ kind: "failed", error: toThrown(thrown) });
      }
    });
  }

  #next(run: () => void | Promise<void>): void {
    this.#tail = this.#tail.then(() => (this.#over ? undefined : run()));
  }

  #handler(type: string): (body: unknown) => unknown {
    const handler = (this.#handlers as Record<string, unknown> | undefined)?.[type];
    if (typeof handler === "function") return handler as (body: unknown) => unknown;
    throw new TypeError(`${this.address} has no handler for '${type}'`);
  }

  #checked(type: string, body: unknown): unknown {
    const definition = this.#protocol?.messages[type];
    if (definition === undefined) throw new TypeError(`the protocol has no message '${type}'`);
    return definition.body.parse(body);
  }

  abort(): void {
    this.#context.abort();
  }

  terminated(address: string, why: Parameters<ThreadContext["terminated"]>[1]): void {
    this.#context.terminated(address, why);
  }

  /** Runs the clean-up; what waits is not begun any more. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#context.end();
  }

  /** @throws DataCloneError for what can't cross */
  request(request: Request): void {
    this.surroundings.post({ ...request, incarnation: this.number });
  }

  /** Tells how a call from the other thread ended; an answer that can't cross has failed. */
  settle(call: number, outcome: Outcome): void {
    const { number: incarnation } = this;
    try {
      this.surroundings.post({ kind: "settled", incarnation, call, outcome });
    } catch (thrown) {
      const error = toThrown(ensureError(thrown));
      this.surroundings.post({
        kind: "settled",
        incarnation,
        call,
        outcome: { ok: false, error },
      });
    }
  }
}
