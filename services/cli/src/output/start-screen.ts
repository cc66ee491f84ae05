import type { StartNews } from "../up/news.ts";
import type { NodeNews } from "../up/node-pool.ts";
import { formatDuration } from "./quantity.ts";
import { type Screen, signs, spinnerAt } from "./screen.ts";
import { padEnd, padStart, printable, truncate } from "./text.ts";

/** How far starting has come. Plain data. */
export interface Starting {
  readonly begunAt: number;
  /** What is being done to get a server. */
  readonly search?: string;
  readonly server?: { readonly news: Extract<StartNews, { type: "server" }>; readonly at: number };
  readonly streams?: {
    readonly news: Extract<StartNews, { type: "streams" }>;
    readonly at: number;
  };
  readonly nodes: readonly NodeNews[];
  readonly nodesAt?: number;
}

export function notStarted(now: number): Starting {
  return { begunAt: now, nodes: [] };
}

/** How far starting has come after one more piece of news. */
export function started(starting: Starting, news: StartNews, now: number): Starting {
  switch (news.type) {
    case "server-search":
      return { ...starting, search: news.message };
    case "server":
      return { ...starting, server: { news, at: now } };
    case "streams":
      return { ...starting, streams: { news, at: now } };
    case "node": {
      const others = starting.nodes.filter(({ node }) => node !== news.node);
      const nodes = [...others, news].sort((a, b) => a.node.localeCompare(b.node));
      return { ...starting, nodes, nodesAt: now };
    }
  }
}

/** The three things that have to stand before goals are taken, one line each. */
export function startScreen(starting: Starting, now: number, screen: Screen): readonly string[] {
  const { begunAt, server, streams, nodes, nodesAt } = starting;
  const { paint } = screen;
  const line = (name: string, doneAt: number | undefined, from: number, detail: string): string => {
    const sign = doneAt === undefined ? paint("cyan", spinnerAt(now)) : paint("green", signs.done);
    const took = padStart(formatDuration((doneAt ?? now) - from), 9);
    const room = screen.width - 20 - took.length;
    return `${sign} ${padEnd(name, 16)}  ${padEnd(truncate(detail, room), room)}${paint("dim", took)}`;
  };
  const lines = [
    line(
      "NATS server",
      server?.at,
      begunAt,
      server === undefined
        ? printable(starting.search ?? "finding or starting one")
        : `${server.news.version} ${server.news.started ? "started" : "already running"} at ${server.news.url}`,
    ),
  ];
  if (server !== undefined) {
    const detail =
      streams === undefined
        ? ""
        : `goals, decisions, results and traces under '${streams.news.prefix}'`;
    lines.push(line("durable streams", streams?.at, server.at, detail));
  }
  if (streams !== undefined) {
    const ready = nodes.length > 0 && nodes.every(({ state }) => state === "ready");
    lines.push(
      line(
        "actor nodes",
        ready ? nodesAt : undefined,
        streams.at,
        nodes.map((node) => nodeWord(node, screen)).join("  "),
      ),
    );
  }
  return lines;
}

function nodeWord(news: NodeNews, { paint }: Screen): string {
  if (news.state === "ready") return news.node;
  if (news.state === "starting") return paint("dim", `${news.node} …`);
  return paint("red", `${news.node} ${news.state}`);
}

/** The same news as one plain line each, for logs and for what happens after the start. */
export function startLine(news: StartNews, { paint }: Screen): string {
  switch (news.type) {
    case "server-search":
      return printable(news.message);
    case "server":
      return `NATS server ${news.version} ${news.started ? "started" : "already running"} at ${news.url}`;
    case "streams":
      return `durable streams ready under '${news.prefix}'`;
    case "node":
      return nodeLine(news, paint);
  }
}

function nodeLine(news: NodeNews, paint: Screen["paint"]): string {
  switch (news.state) {
    case "starting":
      return `node ${news.node} is starting`;
    case "ready":
      return `node ${news.node} takes goals (process ${news.pid ?? "unknown"})`;
    case "lost":
      return paint(
        "yellow",
        `${signs.warning} node ${news.node} is gone (${printable(news.why)}); it is started again in ${formatDuration(news.restartInMs)}`,
      );
    case "given-up":
      return paint(
        "red",
        `${signs.failed} node ${news.node} died too often and is left alone (${printable(news.why)})`,
      );
    case "stopped":
      return `node ${news.node} stopped`;
  }
}
