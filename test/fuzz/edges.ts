import {
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  query,
  silentLog,
  systemClock,
} from "@troupe/actor";
import { readDeployment } from "@troupe/deploy";
import { cleanGoalSchema, decodeJson } from "@troupe/goals";
import { readNodeConfig } from "@troupe/node-service";
import { readFlow, readWorkflow } from "@troupe/orchestration";
import { readHddl } from "@troupe/planning";
import { decodeSpans, encodeSpans, readAlerting, type SpanRecord } from "@troupe/telemetry";
import { InMemoryNetwork, seededRandom } from "@troupe/testkit";
import { z } from "zod";
import { samples } from "./samples.ts";

/** A door through which bytes come in that somebody else wrote. */
export interface Edge {
  readonly name: string;
  readonly samples: readonly Uint8Array[];
  /** Takes them in: returns, or throws an error that has a code and says what is wrong. */
  readonly take: (input: Uint8Array) => unknown;
  /** Shows that the edge still does its work. */
  readonly alive?: () => Promise<void>;
  readonly close?: () => Promise<void>;
}

const encoded = (...texts: readonly string[]): Uint8Array[] =>
  texts.map((text) => new TextEncoder().encode(text));
const text = (input: Uint8Array): string => new TextDecoder().decode(input);

const span: SpanRecord = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  name: "task",
  kind: "internal",
  startMs: 1,
  endMs: 2.5,
  status: "ok",
  attributes: { "troupe.task": "t1", after: ["t0"] },
  events: [{ name: "e", atMs: 2, attributes: {} }],
  links: [],
  service: "s",
  node: "n1",
};

/** All edges, with actors that are up. */
export async function openEdges(): Promise<readonly Edge[]> {
  const { domain, problem, workflow, flow, goals, alerting, deployment, environment } = samples;
  return [
    {
      name: "HDDL domain",
      samples: encoded(domain),
      take: (input) => readHddl(text(input), problem),
    },
    {
      name: "HDDL problem",
      samples: encoded(problem),
      take: (input) => readHddl(domain, text(input)),
    },
    {
      name: "WfFormat",
      samples: encoded(workflow),
      take: (input) => readWorkflow(text(input), "fuzz"),
    },
    { name: "flow", samples: encoded(flow), take: (input) => readFlow(jsonOf(input)) },
    {
      name: "goal",
      samples: encoded(...goals),
      take: (input) => cleanGoalSchema.safeParse(jsonOf(input)),
    },
    {
      name: "alerting file",
      samples: encoded(alerting),
      take: (input) => readAlerting(text(input), "fuzz"),
    },
    {
      name: "deployment file",
      samples: encoded(deployment),
      take: (input) => readDeployment(text(input)),
    },
    {
      name: "environment of a node",
      samples: encoded(environment),
      take: (input) => readNodeConfig(variables(text(input))),
    },
    { name: "spans", samples: [encodeSpans([span])], take: decodeSpans },
    await messagesBetweenNodes(),
  ];
}

/** JSON, or what a reader of JSON is given when it is none: nothing at all. */
function jsonOf(input: Uint8Array): unknown {
  try {
    return decodeJson(input);
  } catch {
    return undefined;
  }
}

function variables(lines: string): Record<string, string> {
  return Object.fromEntries(
    lines.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

const echoProtocol = defineProtocol("echo", {
  say: message(z.object({ text: z.string() })),
  ask: query(z.object({ text: z.string() }), z.object({ text: z.string() })),
});
const echo = defineActor(echoProtocol, () => ({ say: () => {}, ask: ({ text }) => ({ text }) }));

/** A node that is sent broken parcels, on every subject that it hears. Samples are what another node really sent it. */
async function messagesBetweenNodes(): Promise<Edge> {
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
  await ref.ask("ask", { text: "?" }, { withinMs: 5000 });
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
      const answer = await ref.ask("ask", { text: "still there" }, { withinMs: 5000 });
      if (answer.text !== "still there") throw new Error(`the node answers '${answer.text}'`);
    },
    close: async () => {
      for (const system of systems) await system.stop();
    },
  };
}
