import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { literal } from "../engine/sql.ts";
import { dateFormats, resembles } from "./date-formats.ts";

const { engine } = await engineInFolder();

test.for(dateFormats)("whatever is written as %s resembles it", async (format) => {
  const [found] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n, (count(*) FILTER (${resembles("v", format)}))::DOUBLE AS alike
     FROM (SELECT strftime(TIMESTAMP '1999-01-31 00:00:00' + to_days(CAST(range * 37 AS INTEGER)) + to_seconds(range * 4567), ${literal(format)}) AS v FROM range(500))
     WHERE try_strptime(v, ${literal(format)}) IS NOT NULL`,
  );
  expect(found?.["n"]).toBeGreaterThan(0);
  expect(found?.["alike"]).toBe(found?.["n"]);
});

test("numbers resemble no way of writing dates", async () => {
  const any = dateFormats.map((format) => resembles("v", format)).join(" OR ");
  const [found] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM (SELECT unnest(['5', '20240131', '3.5', '12345678.25']) AS v) WHERE ${any}`,
  );
  expect(found?.["n"]).toBe(0);
});
