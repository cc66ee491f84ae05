import type { SurveyColumn } from "../survey.ts";

/** Degrees of a circle. */
export const circle = 360;

/** How columns of directions are named. */
const names =
  /(^|[^A-Za-z]|[a-z](?=[A-Z]))([Dd]ir(ection|ections|n)?|DIR(ECTION)?|[Bb]earing|[Aa]zimuth|[Hh]eading|[Aa]spect)(?![a-z])/;

/** Whether a column holds directions in degrees, of which 359 is beside 1. */
export function isDirection({ kind, name, lowest, highest }: SurveyColumn): boolean {
  return (
    kind === "number" &&
    lowest >= 0 &&
    highest <= circle &&
    highest > circle / 2 &&
    names.test(name)
  );
}
