import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Random } from "@troupe/actor";

/** Real, dirty public data that comes with the `vega-datasets` package. */
const sampleFiles = {
  movies: "movies.json",
  penguins: "penguins.json",
  "seattle-weather": "seattle-weather.csv",
} as const;
export type SampleName = keyof typeof sampleFiles;
export const sampleNames: readonly string[] = Object.keys(sampleFiles);

/** The folder of the sample files. */
export function sampleDirectory(): string {
  const entry = fileURLToPath(import.meta.resolve("vega-datasets"));
  return realpathSync(join(dirname(entry), "..", "data"));
}

/** The goal that cleans a sample, under an id of its own each time. */
export interface SampleGoal {
  readonly id: string;
  readonly kind: "clean";
  readonly source: string;
  readonly output: string;
}

export function sampleGoal(name: SampleName, random: Random): SampleGoal {
  return {
    id: `${name}-${random.hex(3)}`,
    kind: "clean",
    source: join(sampleDirectory(), sampleFiles[name]),
    output: name,
  };
}
