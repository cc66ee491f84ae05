import { expect, test } from "vitest";
import { drawPicture } from "./pictures.ts";

test.for(Object.getOwnPropertyNames(Object.prototype))(
  "a picture may have the title '%s', as what objects have already",
  async (name) => {
    const { svg } = await drawPicture("rows", name, {
      data: { values: [{ what: "kept", rows: 3 }] },
      mark: "bar",
      encoding: {
        y: { field: "what", type: "nominal" },
        x: { field: "rows", type: "quantitative" },
      },
    });
    expect(svg).toContain(">kept</text>");
    expect(svg).toContain(`>${name}`);
  },
);
