import type { Log } from "@troupe/actor";
import { type ClientPorts, GoalClient, subjectsOf } from "@troupe/goals";
import {
  type AlertOrder,
  type AlertOrdered,
  criticalPath,
  type NodeIncidents,
  type NodeOperation,
  readSpans,
  traceTree,
} from "@troupe/telemetry";
import type { NodesAnswer, Overview, TraceAnswer } from "../http/schemas.ts";
import { type NodeDoor, nodeIncidents, nodeStatuses, operateNode, orderAlerts } from "../nodes.ts";
import { Changes } from "./changes.ts";
import { GoalBoard } from "./goal-board.ts";
import { NodeBoard } from "./node-board.ts";

/** Goals of each kind on the overview. */
const listed = 12;
/** Sections of a critical path that are told. */
const sectionLimit = 500;

export interface ReadModelOptions extends NodeDoor {
  /** Time between two looks at the nodes, milliseconds. */
  readonly statusMs: number;
  readonly log: Log;
}

/** What the console knows of a deployment, and what it can ask of it. */
export class ReadModel {
  readonly ports: ClientPorts;
  readonly changes = new Changes();
  readonly client: GoalClient;
  readonly goals: GoalBoard;
  readonly nodes: NodeBoard;
  readonly #prefix: string;
  readonly #door: NodeDoor;

  constructor({ ports, prefix, inboxes, statusMs, log }: ReadModelOptions) {
    const { changes } = this;
    this.ports = ports;
    this.#prefix = prefix;
    const door = { ports, prefix, inboxes };
    this.#door = door;
    this.client = new GoalClient({ ports, prefix, inboxes });
    this.goals = new GoalBoard({
      client: this.client,
      transport: ports.transport,
      events: subjectsOf(prefix).allEvents,
      steps: subjectsOf(prefix).allSteps,
      clock: ports.clock,
      log,
      changes,
    });
    this.nodes = new NodeBoard({
      ask: () => nodeStatuses(door),
      everyMs: statusMs,
      clock: ports.clock,
      log,
      changes,
    });
  }

  overview(): Overview {
    const { goals, nodes, ports } = this;
    const { phases } = goals.counts();
    const waiting = goals.list({ waiting: true }, 0, listed);
    const { problem } = goals;
    return {
      prefix: this.#prefix,
      at: ports.clock.now(),
      loaded: goals.loaded && nodes.loaded,
      ...(problem === undefined ? {} : { problem }),
      phases,
      running: [...goals.list({ phase: "open" }, 0, listed).goals],
      waiting: [...waiting.goals],
      waitingTotal: waiting.total,
      failed: [...goals.list({ phase: "failed" }, 0, listed).goals],
      recent: [...goals.list({}, 0, listed).goals],
      nodes: [
        ...nodes.nodes.map(({ node, health, resources, goals: held, actors, quarantine }) => ({
          node,
          score: health.score,
          status: health.status,
          goals: Object.values(held).reduce((sum, count) => sum + count, 0),
          actors: actors.total,
          waiting: actors.waiting,
          cpu: resources.cpu,
          memory: resources.memory,
          quarantine,
        })),
        ...nodes.missing.map(({ node }) => ({
          node,
          status: "gone",
          goals: 0,
          actors: 0,
          waiting: 0,
          cpu: 0,
          memory: 0,
          quarantine: 0,
        })),
      ],
      alerts: nodes.nodes.flatMap(({ alerts }) =>
        alerts
          .filter(({ state, silenced }) => state === "firing" && !silenced)
          .map(({ id, rule, node, severity, summary, since, acknowledged }) => ({
            id,
            rule,
            node,
            severity,
            summary,
            since,
            ...(acknowledged === undefined ? {} : { acknowledgedBy: acknowledged.by }),
          })),
      ),
      quarantine: nodes.nodes.reduce((sum, { quarantine }) => sum + quarantine, 0),
      trend: [...nodes.trend],
    };
  }

  nodeLines(): NodesAnswer {
    const { nodes, missing, loaded } = this.nodes;
    return {
      nodes: nodes.map(({ actors: { total, waiting }, ...node }) => ({
        ...node,
        actors: { total, waiting },
      })),
      missing: [...missing],
      loaded,
    };
  }

  incidents(): Promise<readonly NodeIncidents[]> {
    const names = this.nodes.nodes.map(({ node }) => node);
    return nodeIncidents(this.#door, names);
  }

  /** @returns whether there was such a message or actor */
  operate(node: string, operation: NodeOperation): Promise<boolean> {
    return operateNode(this.#door, node, operation);
  }

  /** With `refused` nothing was done. */
  orderAlerts(node: string, order: AlertOrder): Promise<AlertOrdered> {
    return orderAlerts(this.#door, node, order);
  }

  /** What decided how long a goal took; no sections when nothing is stored of it. */
  async trace(goal: string): Promise<TraceAnswer> {
    const { spans, unreadable } = readSpans(await this.client.spans(goal));
    const tree = traceTree(spans);
    const { sections, totalMs } = criticalPath(tree);
    return {
      spans: tree.spans,
      unreadable,
      totalMs,
      sections: sections.slice(0, sectionLimit).map(({ span, kind, startMs, endMs }) => ({
        name: kind === "wait" ? `wait for ${span.name}` : span.name,
        actor: String(span.attributes["troupe.actor"] ?? span.node),
        atMs: startMs - tree.startMs,
        forMs: endMs - startMs,
      })),
    };
  }

  stop(): void {
    this.goals.stop();
    this.nodes.stop();
  }
}
