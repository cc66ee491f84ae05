import type { ChaosNews, ChaosReport } from "../chaos/report.ts";
import { counted, formatDuration } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { printable, truncate } from "./text.ts";

/** Problems shown; with `--json` all are. */
const shownProblems = 20;

/** What is said on the way: how it began, how far it is, and what should not happen. */
export function chaosNewsLines(news: ChaosNews, { paint, width }: Screen): readonly string[] {
  switch (news.type) {
    case "plan": {
      const { seed, goals, kind, nodes, kill, everySeconds, minutes } = news;
      const faults = `a fault every ${everySeconds} s (${kill.join(", ")})`;
      return [
        `${paint("bold", `seed ${seed}`)}: ${counted(goals, `${kind} goal`)} on ${counted(nodes, "node")}, ${faults}, at most ${minutes} min`,
      ];
    }
    case "up":
      return [paint("dim", `up on nats-server ${news.version}, everything in ${news.directory}`)];
    case "progress":
      return [`${news.acknowledged} acknowledged, ${news.ended} ended of ${news.goals}`];
    case "node": {
      if (news.state !== "crashed") return [];
      const line = `${signs.warning} ${news.node} ended by itself: ${printable(news.why)}`;
      return [paint("yellow", truncate(line, width))];
    }
    case "fault":
    case "course":
      return [];
  }
}

/** The verdict, and what led to it. */
export function chaosReportLines(report: ChaosReport, { paint, width }: Screen): readonly string[] {
  const { ok, acknowledged, ended, lost, doubled, unacknowledged, longestStall } = report;
  const problems = [...report.problems, ...report.failures];
  const { faults, skipped, crashes, resumes, seconds, goalsPerSecond } = report;
  const verdict = ok
    ? paint("green", `${signs.done} nothing lost, nothing doubled, all goals ended`)
    : paint(
        "red",
        `${signs.failed} ${lost} lost, ${doubled} doubled, ${unacknowledged} unacknowledged`,
      );
  const { finished, failed, cancelled } = ended;
  const stall =
    longestStall === undefined
      ? "none"
      : `${formatDuration(longestStall.ms)} (${longestStall.goal} after '${longestStall.after}')`;
  return [
    "",
    verdict,
    `  goals     ${acknowledged} acknowledged; ${finished} finished, ${failed} failed, ${cancelled} cancelled`,
    `  faults    ${faults.nodes} nodes killed, ${faults.nats} times nats-server, ${faults.pause} pauses; ${skipped} left out, ${counted(crashes, "crash", "crashes")}`,
    `  resumed   ${counted(resumes, "time")}`,
    `  stall     ${stall}`,
    `  pace      ${goalsPerSecond} goals/s over ${formatDuration(seconds * 1000)}`,
    ...problems
      .slice(0, shownProblems)
      .map(({ goal, what }) =>
        truncate(`  ${paint("red", signs.failed)} ${goal}: ${printable(what)}`, width),
      ),
    ...(problems.length > shownProblems ? [`  and ${problems.length - shownProblems} more`] : []),
  ];
}
