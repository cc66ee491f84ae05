/** What runs first in the thread of a thread actor: routes what comes to the incarnation it is for. */
import { workerData } from "node:worker_threads";
import type { Actor } from "../behaviour.ts";
import { ThreadModuleError } from "../errors.ts";
import { Incarnation, type Surroundings } from "./incarnation.ts";
import type { FromThread, Start, ThreadData, ToThread } from "./thread-messages.ts";
import { toThrown } from "./thrown.ts";

const { port } = workerData as ThreadData;
const incarnations = new Map<number, Incarnation>();
const actors = new Map<number, Actor>();
let adopted = 0;

const surroundings: Surroundings = {
  post: (message: FromThread) => port.postMessage(message),
  adopt: (actor) => {
    adopted += 1;
    actors.set(adopted, actor);
    return adopted;
  },
};

port.on("message", (message: ToThread) => {
  if (message.kind === "ping") return surroundings.post({ kind: "pong" });
  if (message.kind === "forget") return void actors.delete(message.actor);
  if (message.kind === "start") {
    const { incarnation: number, address, node } = message;
    incarnations.set(number, new Incarnation(number, address, node, surroundings));
  }
  const incarnation = incarnations.get(message.incarnation);
  if (incarnation !== undefined) route(incarnation, message);
});

function route(incarnation: Incarnation, message: Exclude<ToThread, { kind: "ping" | "forget" }>) {
  switch (message.kind) {
    case "start":
      return answer(incarnation, message.call, begin(incarnation, message));
    case "message":
      return answer(incarnation, message.call, incarnation.handle(message));
    case "end":
      return answer(
        incarnation,
        message.call,
        incarnation.end().then(() => void incarnations.delete(message.incarnation)),
      );
    case "abort":
      return incarnation.abort();
    case "terminated":
      return incarnation.terminated(message.address, message.why);
    case "settled":
      return incarnation.calls.settle(message.call, message.outcome);
  }
}

function answer(incarnation: Incarnation, call: number, work: Promise<unknown>): void {
  work.then(
    (value) => incarnation.settle(call, { ok: true, value }),
    (thrown) => incarnation.settle(call, { ok: false, error: toThrown(thrown) }),
  );
}

async function begin(incarnation: Incarnation, { source }: Start): Promise<void> {
  const actor =
    "module" in source ? await load(source.module, source.protocol) : actors.get(source.actor);
  if (actor === undefined) throw new Error(`no actor to start as ${incarnation.address}`);
  await incarnation.start(actor);
}

async function load(module: string, protocol: string): Promise<Actor> {
  const { default: actor } = (await import(module)) as { default?: Partial<Actor> };
  if (typeof actor?.setup !== "function" || actor.protocol?.name !== protocol) {
    throw new ThreadModuleError(module, protocol);
  }
  surroundings.post({ kind: "loaded" });
  return actor as Actor;
}
