import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonFault } from "./json-fault.ts";

test("the fault is where the text stops being JSON", () => {
  expect(jsonFault('{\n  "name": nope }')).toBe("line 2, column 11");
  expect(jsonFault('{"a": [1, 2,]}')).toBe("line 1, column 13");
  expect(jsonFault('{"a": 1,\n}')).toBe("line 2, column 1");
  expect(jsonFault('{"a" 1}')).toBe("line 1, column 6");
  expect(jsonFault("[1 2]")).toBe("line 1, column 4");
  expect(jsonFault('{"a": [}')).toBe("line 1, column 8");
  expect(jsonFault('["open')).toBe("line 1, column 2");
  expect(jsonFault("[] []")).toBe("line 1, column 4");
});

test("a text that is cut off is faulty at its end", () => {
  expect(jsonFault("")).toBe("line 1, column 1");
  expect(jsonFault('{"a":\n[1,')).toBe("line 2, column 4");
});

test("no fault is found before the end of what is JSON", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(jsonFault(`${text} ?`)).toBe(`line 1, column ${text.length + 2}`);
    }),
    { seed: 17 },
  );
});
