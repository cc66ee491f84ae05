import type { Check } from "../doctor/check.ts";
import { counted } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { padEnd, printable, widthOf, wrap } from "./text.ts";

/** Every check with its verdict, and under those that are not well what to do. */
export function doctorScreen(checks: readonly Check[], screen: Screen): readonly string[] {
  const names = Math.max(0, ...checks.map(({ name }) => widthOf(name)));
  const count = (verdict: Check["verdict"]): number =>
    checks.filter((check) => check.verdict === verdict).length;
  return [
    ...checks.flatMap((check) => checkLines(check, names, screen)),
    "",
    summary(count("fail"), count("warn"), screen),
  ];
}

function checkLines(check: Check, names: number, { width, paint }: Screen): readonly string[] {
  const { name, verdict, found, meaning, remedy } = check;
  const sign = {
    ok: paint("green", signs.done),
    warn: paint("yellow", signs.warning),
    fail: paint("red", signs.failed),
  }[verdict];
  const margin = " ".repeat(names + 4);
  const [first = "", ...rest] = wrap(printable(found), width - names - 4);
  const say = (text: string | undefined, style: "dim" | "cyan"): readonly string[] =>
    text === undefined
      ? []
      : wrap(printable(text), width - names - 4).map((line) => margin + paint(style, line));
  return [
    `${sign} ${padEnd(name, names)}  ${first}`,
    ...rest.map((line) => margin + line),
    ...say(meaning, "dim"),
    ...say(remedy === undefined ? undefined : `do: ${remedy}`, "cyan"),
  ];
}

function summary(failed: number, warned: number, { paint }: Screen): string {
  if (failed > 0) {
    const also = warned > 0 ? `, ${counted(warned, "warning")}` : "";
    return paint("red", `${counted(failed, "check")} failed${also}`);
  }
  return warned > 0
    ? paint("yellow", `it works, with ${counted(warned, "warning")}`)
    : paint("green", "all is well");
}
