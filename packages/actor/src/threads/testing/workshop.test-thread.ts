import { threadId } from "node:worker_threads";
import { type Actor, defineActor, type Handlers, reportAlive } from "../../index.ts";
import { clerk } from "./clerk.ts";
import { clerkProtocol, workshopProtocol } from "./workshop-protocol.ts";

const workshop: Actor<typeof workshopProtocol.messages> = defineActor(
  workshopProtocol,
  (context) => {
    const notes: string[] = [];
    const handlers: Handlers<typeof workshopProtocol.messages> = {
      note: ({ text }) => void notes.push(text),
      notes: () => notes,
      threadId: () => threadId,
      slowly: ({ ms }) => new Promise((resolve) => setTimeout(() => resolve(`after ${ms} ms`), ms)),
      hang: () => {
        while (true);
      },
      hangAsked: ({ tell }) => {
        context.ref(clerkProtocol, tell).tell("note", { text: "hanging" });
        while (true);
      },
      compute: ({ ms, report }) => {
        const until = performance.now() + ms;
        while (performance.now() < until) {
          if (report) reportAlive();
        }
        return "computed";
      },
      crash: () => {
        throw new RangeError("told to");
      },
      crashLater: () => {
        setImmediate(() => {
          throw new Error("outside of any handler");
        });
      },
      exit: ({ code }) => process.exit(code),
      eat: () => {
        const eaten: unknown[] = [];
        while (true) eaten.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
      },
      unclonable: () => () => "a function",
      remind: ({ text, ms }) => context.timers.once(text, ms, "note", { text }),
      idle: ({ ms, tell }) => context.receiveTimeout(ms, "report", { text: "idle", tell }),
      report: ({ text, tell }) => context.ref(clerkProtocol, tell).tell("note", { text }),
      close: () => context.become({ ...handlers, note: () => context.stash() }),
      open: () => {
        context.become(handlers);
        context.unstashAll();
      },
      fetch: () =>
        context.pipe(Promise.resolve("fetched"), (outcome) => {
          notes.push(outcome.ok ? outcome.value : outcome.error.message);
        }),
      relay: ({ to }) => {
        const other = context.ref(clerkProtocol, to);
        other.tell("note", { text: `from ${context.self.address}` });
        return other.ask("notes", {}, { withinMs: 10_000 });
      },
      watch: ({ of }) => context.watch({ address: of }, (why) => void notes.push(`${of} ${why}`)),
      cleanUp: ({ tell, text, ms }) =>
        context.onStop(async () => {
          await new Promise((resolve) => setTimeout(resolve, ms));
          context.ref(clerkProtocol, tell).tell("note", { text });
        }),
      hire: ({ name }) => {
        const hired = context.spawn(clerk, { name, restart: "temporary" });
        context.watch(hired, (why) => void notes.push(`${name} ${why}`));
        hired.tell("note", { text: "hired" });
        return hired.address;
      },
      hireHanging: () => context.spawn(clerk, { name: "hanging" }).tell("hang", {}),
      traced: () => context.span("sawing", { wood: "oak" }, (span) => span.context.traceId),
      leave: () => context.stop(),
    };
    return handlers;
  },
);
export default workshop;
