import { modelConfig } from "@troupe/agents";
import { readConsoleConfig } from "@troupe/console";
import { readDeployment } from "@troupe/deploy";
import { cleanGoalSchema } from "@troupe/goals";
import { readNodeConfig } from "@troupe/node-service";
import { readFlow, readWorkflow } from "@troupe/orchestration";
import { readHddl } from "@troupe/planning";
import { decodeSpans, encodeSpans, readAlerting, type SpanRecord } from "@troupe/telemetry";
import { deploymentEdges } from "./deployment-edges.ts";
import { type EdgeDoor, encoded, jsonOf, textOf } from "./edge.ts";
import { fileEdges } from "./file-edges.ts";
import { mcpEdges } from "./mcp-edges.ts";
import { modelEdges } from "./model-edge.ts";
import { messagesBetweenNodes } from "./node-edge.ts";
import { samples } from "./samples.ts";

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

const { domain, problem } = samples;

/** A reader that needs nothing else. */
function reader(
  name: string,
  texts: readonly string[],
  read: (input: Uint8Array) => unknown,
): EdgeDoor {
  return { name, open: async () => ({ name, samples: encoded(...texts), take: read }) };
}

/** All edges. */
export const edges: readonly EdgeDoor[] = [
  reader("HDDL domain", [domain], (input) => readHddl(textOf(input), problem)),
  reader("HDDL problem", [problem], (input) => readHddl(domain, textOf(input))),
  reader("WfFormat", [samples.workflow], (input) => readWorkflow(textOf(input), "fuzz")),
  reader("flow", [samples.flow], (input) => readFlow(jsonOf(input))),
  reader("goal", samples.goals, (input) => cleanGoalSchema.safeParse(jsonOf(input))),
  reader("alerting file", [samples.alerting], (input) => readAlerting(textOf(input), "fuzz")),
  reader("deployment file", [samples.deployment], (input) => readDeployment(textOf(input))),
  reader("environment of a node", [samples.environment], (input) =>
    readNodeConfig(variables(textOf(input))),
  ),
  reader("environment of a console", [samples.consoleEnvironment], (input) =>
    readConsoleConfig(variables(textOf(input))),
  ),
  reader("environment of a model", [samples.modelEnvironment], (input) =>
    modelConfig(variables(textOf(input))),
  ),
  {
    name: "spans",
    open: async () => ({ name: "spans", samples: [encodeSpans([span])], take: decodeSpans }),
  },
  { name: "messages between nodes", open: messagesBetweenNodes },
  ...fileEdges,
  ...modelEdges,
  ...mcpEdges,
  ...deploymentEdges,
];

function variables(lines: string): Record<string, string> {
  return Object.fromEntries(
    lines.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
