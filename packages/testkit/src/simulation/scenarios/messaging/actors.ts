import {
  type Actor,
  AskError,
  type Clock,
  defineActor,
  defineProtocol,
  message,
  query,
} from "@troupe/actor";
import { z } from "zod";
import type { World } from "../../world.ts";
import type { MessageLedger } from "./ledger.ts";

const order = {
  to: z.string(),
  owed: z.boolean(),
};

/** What the world tells a node to do. */
export const driverProtocol = defineProtocol("driver", {
  tell: message(z.object({ ...order })),
  ask: message(
    z.object({
      ...order,
      question: z.string(),
      withinMs: z.number(),
      slowMs: z.number(),
      path: z.array(z.string()),
    }),
  ),
  watch: message(z.object({ to: z.string(), key: z.string() })),
});

/** Takes numbered messages, and answers questions: alone, or by asking along a path. */
export const sinkProtocol = defineProtocol("sink", {
  note: message(z.object({ from: z.string(), number: z.number() })),
  echo: query(
    z.object({
      question: z.string(),
      deadline: z.number(),
      slowMs: z.number(),
      path: z.array(z.string()),
    }),
    z.string(),
  ),
});

/** Sends in its own name, and notes what comes of it. */
export function driver(
  world: World,
  ledger: MessageLedger,
  life: number,
  pausedMs: () => number,
): Actor<(typeof driverProtocol)["messages"]> {
  return defineActor(driverProtocol, (context) => {
    const me = `${context.node}.${life}`;
    const sinkOn = (node: string) => context.ref(sinkProtocol, `${node}/sink`);
    return {
      tell: ({ to, owed }) => {
        const number = ledger.number(me, to, owed);
        world.trace.add("sent", me, to, number);
        sinkOn(to).tell("note", { from: me, number });
      },
      ask: ({ to, owed, question, withinMs, slowMs, path }) => {
        const { node } = context;
        const visited = [to, ...path];
        const circular = new Set(visited).size < visited.length;
        ledger.asked({ question, node, life, withinMs, circular, owed, pausedMs });
        const deadline = context.clock.now() + withinMs;
        const answer = sinkOn(to).ask("echo", { question, deadline, slowMs, path }, { withinMs });
        context.pipe(answer, (outcome) => {
          ledger.ended(question, outcome.ok ? outcome.value : failureOf(outcome.error));
        });
      },
      watch: ({ to, key }) => {
        ledger.watches(
          `${me}>${to}`,
          key,
          world.nodes.find(({ name }) => name === to),
        );
        context.watch(sinkOn(to), () => ledger.told(key));
      },
    };
  });
}

/** What the messages are for. */
export function sink(
  world: World,
  ledger: MessageLedger,
): Actor<(typeof sinkProtocol)["messages"]> {
  return defineActor(sinkProtocol, (context) => {
    let busy = false;
    const begins = (what: string): void =>
      world.require(!busy, "an actor handles one message at a time", () => `${what} came between`);
    return {
      note: ({ from, number }) => {
        begins(`note ${number} of ${from}`);
        ledger.noted(from, context.node, number);
      },
      echo: async ({ question, deadline, slowMs, path }) => {
        begins(question);
        const late = context.clock.now() - deadline;
        world.require(
          late <= expirySlackMs,
          "an ask that has expired is not handled",
          () => `${question}, ${late} ms late`,
        );
        busy = true;
        ledger.handled(question);
        const [next, ...rest] = path;
        if (slowMs > 0) await sleep(context.clock, slowMs);
        let answer = question;
        if (next !== undefined) {
          const now = context.clock.now();
          const withinMs = Math.max(1, deadline - now);
          const name = `${question}${hopMark}`;
          const onward = { question: name, deadline: now + withinMs, slowMs, path: rest };
          answer = await context
            .ref(sinkProtocol, `${next}/sink`)
            .ask("echo", onward, { withinMs })
            .then(
              (said) => (said.startsWith("!") ? said : said.slice(0, -1)),
              (error) => `${failureOf(error)} ${furtherOn}`,
            );
        }
        busy = false;
        return answer;
      },
    };
  });
}

/** Deadlines are kept to a slot of ten milliseconds. */
const expirySlackMs = 15;

/** Added to a question each time it is passed on, so that each handling has a name. */
const hopMark = "'";

/** Marks the failure of an ask that was made to answer another. */
const furtherOn = "further on";

function failureOf(error: unknown): string {
  return error instanceof AskError ? `!${error.stage}` : `!${String(error)}`;
}

function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });
}
