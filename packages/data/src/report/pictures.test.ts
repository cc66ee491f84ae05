import type { TopLevelSpec } from "vega-lite";
import { expect, test } from "vitest";
import { drawEach, undrawnInWords } from "./pictures.ts";

const spec: TopLevelSpec = {
  data: { values: [{ what: "kept", rows: 3 }] },
  mark: "bar",
  encoding: {
    y: { field: "what", type: "nominal" },
    x: { field: "rows", type: "quantitative" },
  },
};

async function svgOf(wanted: Parameters<typeof drawEach>[0][number]): Promise<string> {
  const [drawing] = await drawEach([wanted]);
  return drawing !== undefined && "svg" in drawing ? drawing.svg : expect.fail();
}

test("a picture that cannot be drawn is told with why, and the others are drawn", async () => {
  const calculate = "datum.what.of.nothing.at";
  const broken = { ...spec, transform: [{ calculate, as: "what" }] };
  const unknown = { ...spec, mark: "no such mark" } as unknown as TopLevelSpec;
  const drawings = await drawEach([
    { name: "a", title: "Broken", spec: broken },
    { name: "b", title: "Whole", spec },
    { name: "c", title: "Unknown", spec: unknown },
  ]);
  const told = drawings.map((one) => ("svg" in one ? one.name : undrawnInWords(one)));
  expect(told).toEqual([
    expect.stringMatching(/^There is no picture 'Broken': .*undefined/),
    "b",
    expect.stringMatching(/^There is no picture 'Unknown': ./),
  ]);
});

test.for(Object.getOwnPropertyNames(Object.prototype))(
  "a picture may have the title '%s', as what objects have already",
  async (name) => {
    const svg = await svgOf({ name: "rows", title: name, spec });
    expect(svg).toContain(">kept</text>");
    expect(svg).toContain(`>${name}`);
  },
);
