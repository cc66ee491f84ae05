import type { StoredStep } from "@troupe/agents";
import { formatDuration } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { printable, truncate } from "./text.ts";

/** One record of an agent's trail as it comes, on one line; none for what a call is about to cost. */
export function trailRecordLine(
  { task, record }: StoredStep,
  { width, paint }: Screen,
): readonly string[] {
  const line = (sign: string, text: string): readonly string[] => [
    truncate(`${sign} ${paint("bold", printable(task))}  ${printable(text)}`, width),
  ];
  const json = (value: unknown): string => JSON.stringify(value) ?? "nothing";
  switch (record.type) {
    case "began":
      return line(signs.waiting, `began, by ${record.agent}`);
    case "resumed":
      return line(signs.waiting, "taken up again");
    case "reserved":
      return [];
    case "decided":
      return line(signs.arrow, `${record.action} ${json(record.input)}: ${record.thought}`);
    case "observed": {
      const { ok, quality, durationMs, observation } = record;
      const sign = ok ? paint("green", signs.done) : paint("red", signs.failed);
      const facts = `quality ${quality.toFixed(2)}, ${formatDuration(durationMs)}`;
      return line(sign, `${facts}: ${json(observation)}`);
    }
    case "intervened":
      return line(paint("yellow", signs.warning), `interrupted: ${record.why}`);
    case "finished":
      return line(paint("green", signs.done), `result ${json(record.result)}`);
    case "stopped":
      return line(paint("red", signs.failed), `${record.code}: ${record.message}`);
  }
}
