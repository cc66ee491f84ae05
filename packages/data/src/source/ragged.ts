import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Source, textFile } from "./source.ts";

const delimiters = [",", ";", "\t", "|"];

/**
 * Why a delimited file that DuckDB reads as a single column is none: when its lines have different
 * numbers of values, DuckDB takes each line for one value.
 *
 * @param name of the only column
 */
export async function raggedness(source: Source, name: string): Promise<string | undefined> {
  if (source.format !== "csv" && source.format !== "tsv") return undefined;
  const delimiter = delimiters.find((one) => name.includes(one));
  if (delimiter === undefined) return undefined;
  const input = createReadStream(textFile(source));
  try {
    let number = 0;
    let expected = 0;
    for await (const line of createInterface({ input })) {
      number += 1;
      const values = line.split(delimiter).length;
      if (number === 1) {
        if (line.includes('"') || line.includes("'")) return undefined;
        expected = values;
      } else if (line !== "" && values !== expected) {
        return `line ${number} has ${values} values where the first has ${expected}: make them as many, or put '"' around those that hold '${delimiter}'`;
      }
    }
    return undefined;
  } finally {
    input.destroy();
  }
}
