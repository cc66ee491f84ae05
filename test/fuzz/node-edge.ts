import {
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  query,
  silentLog,
  systemClock,
} from "@troupe/actor";
import { InMemoryNetwork, seededRandom } from "@troupe/testkit";
import { z } from "zod";
import type { Edge } from "./edge.ts";

const echoProtocol = defineProtocol("echo", {
  say: message(z.object({ text: z.string() })),
  ask: query(z.object({ text: z.string() }), z.object({ text: z.string() })),
});
const echo = defineActor(echoProtocol, () => ({ say: () => {}, ask: ({ text }) => ({ text }) }));

/** Longest wait for an answer, milliseconds; whether the node hangs is seen without it. */
const answerMs = 600_000;

/** A node that is sent broken parcels, on every subject that it hears. Samples are what another node really sent it. */
export async function messagesBetweenNodes(): Promise<Edge> {
  const network = new InMemoryNetwork({ clock: systemClock, random: seededRandom(1) });
  const recorded: { readonly subject: string; readonly payload: Uint8Array }[] = [];
  const intruder = network.connect("intruder");
  const tap = intruder.subscribe("troupe.>", ({ subject, payload }) => {
    recorded.push({ subject, payload });
  });
  const systems = ["a", "b"].map((node, at) => {
    const ports = { transport: network.connect(node), random: seededRandom(at), log: silentLog };
    return createActorSystem({ node, ports });
  });
  const [a, b] = systems;
  if (a === undefined || b === undefined) throw new Error("two nodes were to start");
  const { address } = a.spawn(echo, { name: "echo" });
  const ref = b.ref(echoProtocol, address);
  for (let at = 0; at < 3; at += 1) ref.tell("say", { text: `t${at}` });
  await ref.ask("ask", { text: "?" }, { withinMs: answerMs });
  tap.unsubscribe();
  const subjects = [...new Set(recorded.map(({ subject }) => subject))];
  let turn = 0;
  return {
    name: "messages between nodes",
    samples: recorded.map(({ payload }) => payload),
    take: (input) => {
      turn += 1;
      intruder.publish(subjects[turn % subjects.length] ?? "", input);
    },
    alive: async () => {
      const answer = await ref.ask("ask", { text: "still there" }, { withinMs: answerMs });
      if (answer.text !== "still there") throw new Error(`the node answers '${answer.text}'`);
    },
    close: async () => {
      for (const system of systems) await system.stop();
    },
  };
}
