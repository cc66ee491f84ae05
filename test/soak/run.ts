import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { picture, shown } from "./picture.ts";
import { type SoakReport, soak } from "./soak.ts";

/**
 * `npm run soak -- --minutes 20 [--picture FILE]`: exit code 1 when something grows, or a goal was lost.
 * Takes three node processes, a nats-server, and about as much of a processor as one of them.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    picture: { type: "string", default: "soak.svg" },
  },
});
const minutes = Number(values.minutes);
if (!(minutes >= 1 && minutes <= 10_000)) {
  console.error("--minutes must be a number from 1 to 10000");
  process.exit(2);
}
const report = await soak(minutes, (line) => console.log(line));
writeFileSync(values.picture, picture(report.watched, report.warmUp));
console.log(table(report));
console.log(`drawn in ${values.picture}`);
process.exitCode = isSound(report) ? 0 : 1;

function isSound({ goals, watched }: SoakReport): boolean {
  return goals.lost.length === 0 && watched.every(({ growth }) => growth.verdict !== "grows");
}

function table({ goals, deaths, watched, warmUp }: SoakReport): string {
  const ended = Object.entries(goals.ended).map(([phase, count]) => `${count} ${phase}`);
  const lines = watched.map(({ name, unit, growth, readings }) => {
    const { verdict, level, grown, perMinute } = growth;
    const sign = verdict === "grows" ? "✖" : verdict === "flat" ? "✔" : "?";
    const slope = `${shown(perMinute * 60)} an hour`;
    const text = `${shown(level)} ${unit}`.trim();
    return `${sign} ${name.padEnd(44)} ${text.padEnd(18)} ${slope.padEnd(18)} ${shown(grown).padEnd(9)} ${readings.length}`;
  });
  return [
    "",
    `${goals.published} goals published, ${goals.refused} refused, ended: ${ended.join(", ")}; lost: ${goals.lost.length === 0 ? "none" : goals.lost.join(", ")}`,
    `${deaths.nodes} times a node was killed, ${deaths.server} times the server`,
    `judged from minute ${warmUp.toFixed(1)} on`,
    "",
    `  ${"what".padEnd(44)} ${"median".padEnd(18)} ${"slope".padEnd(18)} ${"grown".padEnd(9)} readings`,
    ...lines,
  ].join("\n");
}
