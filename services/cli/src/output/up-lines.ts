import type { StartNews, UpNews } from "../up/news.ts";
import { decisionLine } from "../up/other-goals.ts";
import type { Screen } from "./screen.ts";
import { printable } from "./text.ts";

/** What `troupe up` says once everything stands. */
export function upLines(news: Exclude<UpNews, StartNews>, { paint }: Screen): readonly string[] {
  switch (news.type) {
    case "published":
      return [
        "",
        `${paint("bold", "A goal to try it on")}, published as any NATS client can:`,
        "",
        `  ${paint("cyan", printable(news.command))}`,
        "",
      ];
    case "up": {
      const { nodes, url, data, logs, sources, publish } = news;
      return [
        `${paint("bold", "Up")}: ${nodes.length} nodes at ${url}. Data in ${data}, logs in ${logs}.`,
        "",
        "Publish your own (files in these folders can be read):",
        ...sources.map((source) => `  ${printable(source)}`),
        "",
        `  ${paint("cyan", "troupe goal submit --kind clean --source FILE --watch")}`,
        `  ${paint("cyan", publish)}`,
        "",
        "Ctrl-C stops everything that was started here.",
        "",
      ];
    }
    case "decision": {
      const line = decisionLine(news);
      return line === undefined ? [] : [printable(line)];
    }
    case "connection":
      return [
        news.isWell
          ? news.message
          : `${paint("yellow", "!")} ${news.message}; without it the nodes do nothing, and what is stored is kept: end this and start it again if it does not come back`,
      ];
    case "stopping":
      return ["", "stopping in good order; Ctrl-C stops at once"];
    case "stopped":
      return ["stopped"];
  }
}
