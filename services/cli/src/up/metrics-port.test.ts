import { expect, test } from "vitest";
import { withOwnMetricsPort } from "./metrics-port.ts";

test.each([
  ["9464", 0, "9464"],
  ["9464", 2, "9466"],
  ["0", 2, "0"],
  ["", 2, ""],
  ["nine", 2, "nine"],
  [undefined, 2, undefined],
])("the port %s is for node %d the port %s", (port, index, own) => {
  const environment = { TROUPE_METRICS_PORT: port, OTHER: "x" };
  expect(withOwnMetricsPort(environment, index)).toEqual({ TROUPE_METRICS_PORT: own, OTHER: "x" });
});
