import { type Actor, type ActorContext, defineActor, ensureError, type Span } from "@troupe/actor";
import { auctioneerProtocol } from "@troupe/coordination";
import { z } from "zod";
import { type Experience, estimate, learn, noExperience } from "../experience.ts";
import type { Tool } from "../tool.ts";
import { Attempts } from "./attempts.ts";
import { plainFindings } from "./findings.ts";
import {
  busy,
  customerProtocol,
  type TaskOrder,
  type TaskOutcome,
  taskOrderSchema,
  type WorkerMessages,
  workerProtocol,
} from "./protocol.ts";

export interface WorkerOptions {
  readonly tools: readonly Tool[];
  /** Tasks done at the same time; further awards are declined. Default 2. */
  readonly concurrency?: number;
}

const announcedTaskSchema = z.object({ type: z.string(), bytes: z.number() });

/**
 * An agent that earns work: it bids for announced tasks it has a tool for, from what it has learned
 * about its own speed and what it is busy with, does what it wins, and tells the customer how it
 * ended. Spawn it with its tools' types as capabilities.
 *
 * Work does not hold the mailbox: while it runs the agent goes on bidding and answering. When the
 * agent stops or restarts, its work is aborted and forgotten, which it says when asked.
 */
export function worker(options: WorkerOptions): Actor<WorkerMessages> {
  return defineActor(workerProtocol, (context) => {
    const { concurrency = 2 } = options;
    const tools = new Map(options.tools.map((tool) => [tool.type, tool]));
    const experience = new Map<string, Experience>();
    const attempts = new Attempts();
    const me = context.self.address;

    const expect = (type: string, bytes: number) =>
      estimate(experience.get(type) ?? noExperience, bytes);

    const begin = (auction: string, order: TaskOrder, tool: Tool): void => {
      const { goal, task, attempt, type, bytes, customer } = order;
      const abort = new AbortController();
      const startedAt = context.clock.now();
      attempts.begin({
        attempt: { goal, task, attempt },
        auction,
        type,
        bytes,
        customer,
        startedAt,
        expectedMs: expect(type, bytes).durationMs,
        abort,
      });
      const signal = AbortSignal.any([abort.signal, context.signal]);
      const done = execute(context, tool, order, signal);
      context.pipe(done, (settled) => {
        if (!settled.ok) return;
        // Nobody waits for what the agent let go of, and it may yet be given the attempt again.
        if (abort.signal.aborted) attempts.forget(order);
        else finish(order, settled.value);
      });
    };

    const finish = (order: TaskOrder, outcome: TaskOutcome): void => {
      const { goal, task, attempt, type, bytes } = order;
      const ended = attempts.end({ goal, task, attempt }, outcome);
      experience.set(
        type,
        learn(experience.get(type) ?? noExperience, {
          succeeded: outcome.ok,
          durationMs: outcome.durationMs,
          bytes,
        }),
      );
      const customer = context.ref(customerProtocol, ended?.customer ?? order.customer);
      customer.tell("taskEnded", { goal, task, attempt, by: me, outcome });
    };

    return {
      announce: ({ auction, auctioneer, task }) => {
        const announced = announcedTaskSchema.safeParse(task);
        const reply = context.ref(auctioneerProtocol, auctioneer);
        if (!announced.success || !tools.has(announced.data.type)) {
          reply.tell("refuse", { auction, bidder: me, reason: "no tool for this task" });
          return;
        }
        const { durationMs, quality, confidence } = expect(
          announced.data.type,
          announced.data.bytes,
        );
        reply.tell("bid", {
          auction,
          bidder: me,
          cost: durationMs,
          durationMs: durationMs + attempts.backlogMs(context.clock.now()),
          quality,
          confidence,
        });
      },
      award: ({ auction, order: ordered }) => {
        const order = taskOrderSchema.safeParse(ordered);
        if (!order.success) return { accepted: false, reason: "the order is malformed" };
        const running = attempts.find(order.data);
        if (running?.abort.signal.aborted === true) return { accepted: false, reason: busy };
        const known = running !== undefined || attempts.outcome(order.data) !== undefined;
        if (known) return { accepted: true };
        const tool = tools.get(order.data.type);
        if (tool === undefined) return { accepted: false, reason: "no tool for this task" };
        if (attempts.running.length >= concurrency) return { accepted: false, reason: busy };
        begin(auction, order.data, tool);
        return { accepted: true };
      },
      // A winner whose acceptance was lost is passed over: it must let go of the task.
      reject: ({ auction }) => {
        attempts.wonIn(auction)?.abort.abort(new Error("the task went to another agent"));
      },
      progress: ({ goal, task, attempt, customer }) => {
        const running = attempts.find({ goal, task, attempt });
        if (running !== undefined) {
          running.customer = customer;
          return { state: "running" };
        }
        const outcome = attempts.outcome({ goal, task, attempt });
        return outcome === undefined ? { state: "unknown" } : { state: "ended", outcome };
      },
      abandon: (attempt) => {
        attempts.find(attempt)?.abort.abort(new Error("the task was abandoned"));
      },
    };
  });
}

/** Runs the tool in a span of its own. Whatever it throws becomes the outcome. */
async function execute(
  context: ActorContext<WorkerMessages>,
  tool: Tool,
  order: TaskOrder,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const startedAt = context.clock.monotonic();
  const elapsed = () => Math.round((context.clock.monotonic() - startedAt) * 1000) / 1000;
  const { goal, task, attempt } = order;
  const attributes = {
    "troupe.goal": goal,
    "troupe.task": task,
    "troupe.attempt": attempt,
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool.type,
    "gen_ai.agent.id": context.self.address,
  };
  try {
    const found = await context.span(`execute_tool ${tool.type}`, attributes, (span: Span) => {
      const input = tool.input.parse(order.input);
      return tool.run(input, { goal, task, attempt, signal, span });
    });
    return { ok: true, durationMs: elapsed(), facts: plainFindings(tool.type, found) };
  } catch (thrown) {
    return { ok: false, durationMs: elapsed(), error: describe(ensureError(thrown)) };
  }
}

/** An error as the customer is told it. */
function describe(error: Error): Extract<TaskOutcome, { ok: false }>["error"] {
  const { code, retryable, details } = error as Error & Record<string, unknown>;
  return {
    code:
      typeof code === "string"
        ? code
        : error instanceof z.ZodError
          ? "malformed-input"
          : "internal",
    message: error.message,
    retryable: retryable === true,
    ...(details === undefined ? {} : { details }),
  };
}
