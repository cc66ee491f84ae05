import type { Screen } from "./screen.ts";
import { padEnd, printable } from "./text.ts";

const nameCells = 11;

/** Files with what they are; further ones of the same kind stand below the first. */
export function fileLines(
  files: readonly (readonly [what: string, ...paths: string[]])[],
  { paint }: Screen,
): readonly string[] {
  return files.flatMap(([what, ...paths]) =>
    paths.map((path, index) => {
      const name = padEnd(index === 0 ? what : "", nameCells);
      return `${name} ${paint("cyan", printable(path))}`;
    }),
  );
}
