import { expect, test } from "vitest";
import { liarsOf } from "./liars.ts";

const nodes = ["node-1", "node-2"];
const listed = (liars: string) => Object.fromEntries(liarsOf(liars, nodes));

test("so many liars are dealt out to the nodes in turn; named ones are those", () => {
  expect(listed("0")).toEqual({});
  expect(listed("1")).toEqual({ "node-1": ["analyst-storage"] });
  expect(listed("3")).toEqual({
    "node-1": ["analyst-storage", "analyst-values"],
    "node-2": ["analyst-storage"],
  });
  expect(listed("node-2/analyst-sample, node-2/analyst-values")).toEqual({
    "node-2": ["analyst-sample", "analyst-values"],
  });
});

test.for([
  ["7", "2 nodes have 6 analysts"],
  ["node-3/analyst-sample", "'node-3/analyst-sample' is neither"],
  ["node-1/scout", "'node-1/scout' is neither"],
  ["some", "'some' is neither a number nor one of node-1/analyst-storage"],
] as const)("'%s' is refused and told why", ([liars, says]) => {
  expect(() => liarsOf(liars, nodes)).toThrow(says);
});
