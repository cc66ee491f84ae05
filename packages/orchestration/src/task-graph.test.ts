import fc from "fast-check";
import { expect, test } from "vitest";
import { CyclicDependencyError, UnknownDependencyError, validateGraph } from "./index.ts";

test("a circle is refused and named in order", () => {
  const circular = { start: [], one: ["start", "three"], two: ["one"], three: ["two"] };
  expect(() => validateGraph(circular)).toThrow(CyclicDependencyError);
  expect(() => validateGraph(circular)).toThrow("one -> three -> two -> one");
  expect(() => validateGraph({ self: ["self"] })).toThrow("self -> self");
});

test("a dependency that is not in the graph is refused and named", () => {
  expect(() => validateGraph({ join: ["lost"] })).toThrow(UnknownDependencyError);
  expect(() => validateGraph({ join: ["lost"] })).toThrow("'join' depends on 'lost'");
});

test("every graph whose tasks depend only on earlier ones is valid", () => {
  const graphs = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { maxLength: 30 });
  fc.assert(
    fc.property(graphs, (edges) => {
      const dependencies = Object.fromEntries(
        edges.map((targets, index) => [
          `t${index}`,
          [...new Set(targets.filter((target) => target < index))].map((target) => `t${target}`),
        ]),
      );
      expect(() => validateGraph(dependencies)).not.toThrow();
    }),
  );
});

test("a chain of 20 000 tasks is checked without exhausting the stack", () => {
  const chain = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [
      `t${index}`,
      index === 0 ? [] : [`t${index - 1}`],
    ]),
  );
  expect(() => validateGraph(chain)).not.toThrow();
  expect(() => validateGraph({ ...chain, t0: ["t19999"] })).toThrow(CyclicDependencyError);
});
