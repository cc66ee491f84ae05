import { z } from "zod";
import { type ActorContext, defineActor, type Handlers } from "../behaviour.ts";
import { ensureError } from "../errors.ts";
import { systemClock } from "../ports/system-clock.ts";
import { type Definitions, defineProtocol, message, type Protocol, query } from "../protocol.ts";
import { traced } from "../system/actor-ref.ts";
import { Calls } from "./calls.ts";
import { OpenSpans } from "./open-spans.ts";
import type { Correspondent, Thread } from "./thread.ts";
import type { KeptOptions, Request, Settled, Start } from "./thread-messages.ts";
import { fromThrown, type Outcome, toThrown } from "./thrown.ts";

type Of<K extends Request["kind"]> = Extract<Request, { readonly kind: K }>;

/** Any message name, any body: what a behaviour in the thread sends was typed there. */
type Loose = {
  readonly [type: string]: ReturnType<typeof message> & ReturnType<typeof query>;
};

/** The protocol of what is told: the thread knew it, and only the type counts on the way. */
const told = defineProtocol("", {} as Loose);

/**
 * Stands for one incarnation whose behaviour runs in a thread: forwards the messages of its mailbox,
 * and does with its context what the behaviour asks for.
 */
export class ActorProxy<D extends Definitions> implements Correspondent {
  readonly #thread: Thread;
  readonly #context: ActorContext<Definitions>;
  readonly #protocol: Protocol<D>;
  readonly #source: Start["source"];
  readonly #incarnation: number;
  readonly #calls = new Calls();
  readonly #spans: OpenSpans;
  /** Children in the thread, by address, with the number the thread knows their actor by. */
  readonly #children = new Map<string, number>();
  /** What the behaviour itself watches. */
  readonly #watched = new Set<string>();

  constructor(
    thread: Thread,
    context: ActorContext<D>,
    protocol: Protocol<D>,
    source: Start["source"],
  ) {
    this.#thread = thread;
    this.#context = context as unknown as ActorContext<Definitions>;
    this.#protocol = protocol;
    this.#source = source;
    this.#spans = new OpenSpans(context);
    this.#incarnation = thread.enter(this);
  }

  get atWork(): string | undefined {
    return this.#calls.atWork;
  }

  get idle(): boolean {
    return this.#calls.idle;
  }

  /** Runs the setup in the thread. Returns handlers that forward. */
  async start({ interleave }: KeptOptions): Promise<Handlers<D>> {
    const incarnation = this.#incarnation;
    const { self, node, signal } = this.#context;
    const { address } = self;
    signal.addEventListener("abort", () => this.#post({ kind: "abort", incarnation }));
    await this.#calls.open((call) =>
      this.#thread.post({
        kind: "start",
        incarnation,
        call,
        address,
        node,
        source: this.#source,
      }),
    );
    const forward = (type: string) => (body: unknown) =>
      this.#calls.open((call) => {
        const { trace, deadline, sender } = this.#context;
        const interleaves = interleave === "all" || interleave?.includes(type) === true;
        const message = { type, body, trace, deadline, sender, interleaves };
        this.#thread.post({ kind: "message", incarnation, call, ...message });
      }, type);
    const types = Object.keys(this.#protocol.messages);
    return Object.fromEntries(types.map((type) => [type, forward(type)])) as Handlers<D>;
  }

  /** Runs the clean-up in the thread, for as long as it is given. Never rejects. */
  async end(): Promise<void> {
    const incarnation = this.#incarnation;
    const { stopWithinMs } = this.#thread;
    const late = Promise.withResolvers<"late">();
    const cancel = systemClock.schedule(stopWithinMs, () => late.resolve("late"));
    const ended = this.#calls
      .open((call) => this.#thread.post({ kind: "end", incarnation, call }))
      .catch(() => "dead");
    if ((await Promise.race([ended, late.promise])) === "late") {
      const { address } = this.#context.self;
      this.#context.log("warn", "clean-up took too long", { actor: address, stopWithinMs });
    }
    cancel();
    this.#spans.endAll();
    this.#thread.ended(incarnation);
  }

  settled({ call, outcome }: Settled): void {
    this.#calls.settle(call, outcome);
  }

  died(error: Error): void {
    this.#calls.rejectAll(error);
    this.#fail(error);
  }

  requested(request: Request): void {
    try {
      this.#serve(request);
    } catch (thrown) {
      this.#fail(ensureError(thrown));
    }
  }

  /** Fails the actor outside of any message. */
  #fail(error: Error): void {
    this.#context.pipe(Promise.resolve(error), () => {
      throw error;
    });
  }

  #serve(request: Request): void {
    const context = this.#context as unknown as ActorContext<Loose>;
    switch (request.kind) {
      case "failed":
        return this.#fail(fromThrown(request.error));
      case "tell":
        return this.#ref(request).tell(request.type as never, request.body as never);
      case "ask":
        return this.#ask(request);
      case "timer":
        return context.timers[request.mode](
          request.key,
          request.ms,
          request.type as never,
          request.body as never,
        );
      case "cancel-timer":
        return context.timers.cancel(request.key);
      case "receive-timeout":
        return context.receiveTimeout(request.ms, request.type as never, request.body as never);
      case "stash":
        return context.stash();
      case "unstash-all":
        return context.unstashAll();
      case "stop":
        return request.address === undefined
          ? context.stop()
          : context.stop({ address: request.address });
      case "watch":
        this.#watched.add(request.address);
        return this.#watch(request.address);
      case "unwatch":
        this.#watched.delete(request.address);
        return this.#children.has(request.address)
          ? this.#watch(request.address)
          : context.unwatch(request);
      case "link":
        return context.link(request);
      case "spawn":
        return this.#spawn(request);
      case "log":
        return context.log(request.level, request.message, request.fields);
      case "span":
        return this.#spans.open(request, ({ context, recording }) =>
          this.#settle(request.call, { ok: true, value: { context, recording } }),
        );
      case "span-event":
        return this.#spans.event(request);
      case "span-end":
        return this.#spans.end(request);
    }
  }

  #ref(to: Of<"tell" | "ask">) {
    const protocol =
      to.kind === "ask" ? defineProtocol(to.protocol, {} as Loose, { spans: to.spans }) : told;
    const ref = this.#context.ref(protocol, to.address);
    return to.trace === undefined ? ref : traced(ref, to.trace);
  }

  #ask(request: Of<"ask">): void {
    const { call, type, body, withinMs } = request;
    this.#ref(request)
      .ask(type as never, body as never, { withinMs })
      .then(
        (value) => this.#settle(call, { ok: true, value }),
        (thrown) => this.#settle(call, { ok: false, error: toThrown(thrown) }),
      );
  }

  #settle(call: number, outcome: Outcome): void {
    const incarnation = this.#incarnation;
    try {
      this.#post({ kind: "settled", incarnation, call, outcome });
    } catch (thrown) {
      const error = toThrown(thrown);
      this.#post({ kind: "settled", incarnation, call, outcome: { ok: false, error } });
    }
  }

  /** To a thread that is no more nothing need be said. */
  #post(message: Parameters<Thread["post"]>[0]): void {
    if (this.#thread.failure === undefined) this.#thread.post(message);
  }

  #watch(address: string): void {
    const incarnation = this.#incarnation;
    this.#context.watch({ address }, (why) => {
      const actor = this.#children.get(address);
      this.#children.delete(address);
      if (actor !== undefined) this.#post({ kind: "forget", actor });
      if (this.#watched.delete(address)) {
        this.#post({ kind: "terminated", incarnation, address, why });
      }
    });
  }

  #spawn({ actor, protocol: name, spans, messages, options, spawn }: Of<"spawn">): void {
    const open = messages.map(({ type, asked }) => [
      type,
      asked ? query(z.unknown(), z.unknown()) : message(z.unknown()),
    ]);
    const protocol = defineProtocol(name, Object.fromEntries(open) as Definitions, { spans });
    const child = defineActor(
      protocol,
      (context) => {
        const proxy = new ActorProxy(this.#thread, context, protocol, { actor });
        context.onStop(() => proxy.end());
        return proxy.start(options);
      },
      options,
    );
    const { address } = this.#context.spawn(child, spawn);
    this.#children.set(address, actor);
    this.#watch(address);
  }
}
