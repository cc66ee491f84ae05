import type { ResourceLimits } from "node:worker_threads";
import { type Actor, defineActor } from "../behaviour.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import { ActorProxy } from "./actor-proxy.ts";
import { runnable, Thread, type ThreadLimits } from "./thread.ts";
import type { KeptOptions } from "./thread-messages.ts";

/** How a thread actor is supervised, limited and watched. */
export interface ThreadOptions extends KeptOptions {
  /**
   * Silence of the thread, milliseconds, after which it is terminated and the actor fails with a
   * `HungActorError`. A handler that computes for longer without a pause (no `await`, no
   * {@link reportAlive}) can't be told from one that hangs: set it above the longest. Default 10 000.
   */
  readonly hangMs?: number;
  /** The same while the thread starts and loads its module. Default 30 000. */
  readonly startWithinMs?: number;
  /** How long clean-up (`context.onStop`) may take before the thread is terminated, milliseconds. Default 2000. */
  readonly stopWithinMs?: number;
  /**
   * Memory of the thread in MB, for example `{ maxOldGenerationSizeMb: 256 }`. A thread that needs
   * more dies alone, and its actor fails with a `ThreadExitedError`. With `maxOldGenerationSizeMb`
   * the young generation has 8 MB unless `maxYoungGenerationSizeMb` says otherwise. Default: those of
   * the process.
   */
  readonly resourceLimits?: ResourceLimits;
  /** Command-line options of Node for the thread, such as `--conditions=...`. Default: those of the process. */
  readonly execArgv?: readonly string[];
}

/**
 * An actor whose behaviour runs in a worker thread of its own, so that it may compute, hang or run
 * out of memory without holding up the others on its node.
 *
 * It is spawned and reached like any other. Its mailbox, timers, stash, watches and children's
 * mailboxes are kept by the node; handlers run in the thread, one message at a time, in order. Each
 * incarnation has a fresh thread: a restart loads the module again.
 *
 * Bodies and answers cross by structured clone: no functions, no class instances. In the thread
 * bodies are checked with the protocol's schema; one that does not fit, or can't be cloned, fails
 * its handler. A message that interleaves can't be stashed. `context.clock` and `context.random` are the thread's own, real ones, whatever the
 * ports of the system are; timers follow the system's clock.
 *
 * When the thread hangs or exits, the messages at work fail their handlers (an asker hears
 * `handler`), and the supervisor restarts the actor; the mailbox waits.
 *
 * @param protocol the module's actor must have the same
 * @param module file that default-exports the actor, made with `defineActor`, for example
 *   `new URL("./solver.ts", import.meta.url)`. Where only the compiled `.js` exists, that is taken.
 *   The options of the module's actor are not used; those given here are.
 * @param options supervision of children, mailbox, limits
 *
 * Throws nothing. The setup fails with `ThreadModuleError` when the module's default export is no such
 * actor, and with whatever the module throws when it is loaded.
 *
 * @example
 * const solver = threadActor(solverProtocol, new URL("./solver.ts", import.meta.url), {
 *   hangMs: 60_000,
 *   resourceLimits: { maxOldGenerationSizeMb: 512 },
 * });
 * const ref = system.spawn(solver, { name: "solver" });
 */
export function threadActor<D extends Definitions>(
  protocol: Protocol<D>,
  module: URL,
  options: ThreadOptions = {},
): Actor<D> {
  const { hangMs = 10_000, startWithinMs = 30_000, stopWithinMs = 2000, ...rest } = options;
  const { resourceLimits, execArgv, ...kept } = rest;
  const limits: ThreadLimits = {
    hangMs,
    startWithinMs,
    stopWithinMs,
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    ...(execArgv === undefined ? {} : { execArgv }),
  };
  return defineActor(
    protocol,
    (context) => {
      const thread = new Thread(context.self.address, limits);
      const proxy = new ActorProxy(thread, context, protocol, {
        module: runnable(module).href,
        protocol: protocol.name,
      });
      context.onStop(async () => {
        await proxy.end();
        await thread.terminate();
      });
      return proxy.start(kept);
    },
    kept,
  );
}
