import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import {
  describeSource,
  nameInFile,
  profileSource,
  proposeSchema,
  type Reading,
  readAs,
  stageDataset,
} from "../index.ts";
import { landSource } from "../source/land-source.ts";

const { engine, folder } = await engineInFolder();

test.for(["as it is", "copied to be read in parts"])(
  "a file, %s, is read under the names that are known, and what it lacks has no values",
  async (how) => {
    const path = join(folder, "sent.csv");
    // A column of the name that rows are numbered by goes by another name from the start.
    writeFileSync(path, "_row,part_name,pieces\n7,bolt,3\n8,nut,x\n");
    const described = await describeSource(path, [folder]);
    const plain = await profileSource(engine, described);
    const source =
      how === "as it is"
        ? plain.source
        : await landSource(engine, plain.source, {
            path: join(folder, "landed.parquet"),
            attempt: "1",
          });
    const schema = await proposeSchema(engine, { ...plain, source }, "values", 7);
    const readings: Reading[] = schema.map((column) => ({
      name: { part_name: "part", pieces: "pieces" }[column.name] ?? "number",
      schema: column.name === "pieces" ? { ...column, type: "integer" } : column,
    }));
    const adapted = readAs({ ...plain, source }, [
      ...readings,
      { name: "colour", schema: null, type: "text" },
    ]);
    const [output, quarantine] = [join(folder, "out.parquet"), join(folder, "aside.parquet")];
    await stageDataset(engine, { ...adapted, output, quarantine, attempt: "1" });
    expect(
      await engine.rows(
        `SELECT part, pieces::DOUBLE AS pieces, colour FROM read_parquet('${output}')`,
      ),
    ).toEqual([{ part: "bolt", pieces: 3, colour: null }]);
    const [aside] = await engine.rows(`SELECT record FROM read_parquet('${quarantine}')`);
    expect(JSON.parse(String(aside?.["record"]))).toMatchObject({ part: "nut", pieces: "x" });
    const names = adapted.schema.map(({ name }) => nameInFile(adapted.profile.source, name));
    expect(names).toEqual(["_row", "part_name", "pieces", undefined]);
  },
);
