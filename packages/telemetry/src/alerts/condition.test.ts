import { expect, test } from "vitest";
import type { Sample } from "../metrics/sample.ts";
import { ruleOf, sample } from "./alerts.test-data.ts";
import { type Finding, findingsOf } from "./condition.ts";
import { quantileIn } from "./quantile.ts";
import { SeriesHistory } from "./series-history.ts";

const second = 1000;

/** What a condition finds after these looks, each with what was collected. */
function found(
  condition: object,
  looks: readonly (readonly Sample[])[],
  everySeconds = 60,
): readonly Finding[] {
  const history = new SeriesHistory(7200);
  let now = 0;
  for (const samples of looks) {
    now += everySeconds * second;
    history.add(
      samples.map((one) => ({ ...one, at: now })),
      now,
    );
  }
  return findingsOf(ruleOf({}, condition).condition, history, now);
}
const values = (numbers: readonly number[], about: Partial<Sample> = {}) =>
  numbers.map((value) => [sample(value, 0, about)]);

test.each([
  [">", 10, [9, 10, 11], [false, false, true]],
  [">=", 10, [9, 10, 11], [false, true, true]],
  ["<", 10, [9, 10, 11], [true, false, false]],
  ["<=", 10, [9, 10, 11], [true, true, false]],
  ["==", 10, [9, 10, 11], [false, true, false]],
  ["!=", 10, [9, 10, 11], [true, false, true]],
] as const)("the operator %s compares with %d", (operator, value, numbers, expected) => {
  const holds = numbers.map((one) => found({ operator, value }, values([one])).length === 1);
  expect(holds).toEqual(expected);
});

test("a value that was not measured within the window counts as none", () => {
  expect(found({ window: 100 }, [...values([50]), [], []])).toEqual([]);
  expect(found({ window: 130 }, [...values([50]), [], []])).toEqual([{ labels: {}, value: 50 }]);
});

test("series are taken together, or told apart by labels", () => {
  const looks = [
    [
      sample(7, 0, { labels: { kind: "a", zone: "x" } }),
      sample(6, 0, { labels: { kind: "a", zone: "y" } }),
      sample(12, 0, { labels: { kind: "b", zone: "x" } }),
    ],
  ];
  expect(found({}, looks)).toEqual([{ labels: {}, value: 25 }]);
  expect(found({ combine: "max" }, looks)).toEqual([{ labels: {}, value: 12 }]);
  expect(found({ by: ["kind"] }, looks)).toEqual([
    { labels: { kind: "a" }, value: 13 },
    { labels: { kind: "b" }, value: 12 },
  ]);
  expect(found({ where: { zone: "x" } }, looks)).toEqual([{ labels: {}, value: 19 }]);
  expect(found({ except: { kind: ["b"] } }, looks)).toEqual([{ labels: {}, value: 13 }]);
});

const counter = { growing: true };

test("an increase is of the window only, and a counter that begins again counts from 0", () => {
  const increase = { of: "increase", window: 120, operator: ">=", value: 0 };
  expect(found(increase, values([100, 105, 109], counter))).toEqual([{ labels: {}, value: 9 }]);
  expect(found(increase, values([1, 100, 105, 109], counter))).toEqual([{ labels: {}, value: 9 }]);
  expect(found(increase, values([100, 3, 7], counter))).toEqual([{ labels: {}, value: 7 }]);
});

test("a counter that was there at the first look is not news; one that comes later is", () => {
  const increase = { of: "increase", operator: ">", value: 0 };
  expect(found(increase, values([5], counter))).toEqual([]);
  const later = [[sample(1, 0, { metric: "other" })], ...values([5], counter)];
  expect(found(increase, later)).toEqual([{ labels: {}, value: 5 }]);
});

test("a share needs something to be a share of", () => {
  const share = {
    where: { outcome: "failed" },
    of: "increase",
    over: { metric: "m" },
    value: 0.05,
  };
  const look = (failed: number, done: number) => [
    sample(failed, 0, { labels: { outcome: "failed" }, growing: true }),
    sample(done, 0, { labels: { outcome: "done" }, growing: true }),
  ];
  expect(found(share, [look(0, 0), look(1, 9)])).toEqual([{ labels: {}, value: 0.1 }]);
  expect(found(share, [look(0, 0), look(1, 99)])).toEqual([]);
  expect(found(share, [look(5, 5), look(5, 5)])).toEqual([]);
});

test("a fall is seen against what was some time ago", () => {
  const fall = {
    of: "increase",
    window: 120,
    over: { metric: "m", ago: 240 },
    operator: "<",
    value: 0.5,
  };
  expect(found(fall, values([0, 50, 100, 150, 200, 210, 220], counter))).toEqual([
    { labels: {}, value: 0.2 },
  ]);
  expect(found(fall, values([0, 50, 100, 150, 200, 250, 300], counter))).toEqual([]);
});

test("a mean is over the window", () => {
  expect(found({ of: "mean", window: 120 }, values([100, 12, 14, 16]))).toEqual([
    { labels: {}, value: 14 },
  ]);
});

test("a rate is change per second: of gauges up or down, of counters through their restarts", () => {
  const rate = (operator: string, value: number) => ({
    type: "rate",
    window: 120,
    operator,
    value,
  });
  expect(found(rate(">", 0.5), values([0, 60, 120]))).toEqual([{ labels: {}, value: 1 }]);
  expect(found(rate("<", -0.5), values([120, 60, 0]))).toEqual([{ labels: {}, value: -1 }]);
  expect(found(rate(">", 0.5), values([100, 10, 120], counter))).toEqual([
    { labels: {}, value: 1 },
  ]);
  expect(found(rate("<", 0), values([100]))).toEqual([]);
});

test("absence is that nothing was measured for a while", () => {
  const absence = {
    type: "absence",
    metric: "m",
    window: 90,
    operator: undefined,
    value: undefined,
  };
  const clean = JSON.parse(JSON.stringify(absence));
  const rule = { condition: clean };
  const history = new SeriesHistory(7200);
  const look = (now: number) =>
    findingsOf(ruleOf(rule as never).condition, history, now * second).length;
  history.add([sample(0, 0)], 0);
  expect([look(60), look(90), look(91)]).toEqual([0, 0, 1]);
  const empty = new SeriesHistory(7200);
  empty.add([sample(0, 0, { metric: "other" })], 0);
  const missing = (now: number) =>
    findingsOf(ruleOf(rule as never).condition, empty, now * second).length;
  expect([missing(0), missing(89), missing(91)]).toEqual([0, 0, 1]);
});

const histogram = (...counts: readonly number[]): Sample => ({
  ...sample(counts.at(-1) ?? 0, 0, counter),
  histogram: {
    sum: 1,
    buckets: [1, 2, 5, Number.POSITIVE_INFINITY].map((upTo, index) => ({
      upTo,
      count: counts[index] ?? 0,
    })),
  },
});

test("quantiles are of what came within the window, evenly spread in a bucket", () => {
  const looks = [[histogram(1000, 1000, 1000, 1000)], [histogram(1000, 1050, 1100, 1100)]];
  expect(found({ of: "p50", value: 0 }, looks)).toEqual([{ labels: {}, value: 2 }]);
  expect(found({ of: "p95", value: 0 }, looks)).toEqual([{ labels: {}, value: 4.7 }]);
  expect(found({ of: "p95", value: 0 }, [looks[1] ?? [], looks[1] ?? []])).toEqual([]);
});

test("what lies beyond the last bound is told as that bound", () => {
  const buckets = [
    { upTo: 1, count: 0 },
    { upTo: Number.POSITIVE_INFINITY, count: 4 },
  ];
  expect(quantileIn(0.5, buckets)).toBe(1);
  expect(quantileIn(0.5, [])).toBeUndefined();
});

test("the parts of a histogram have names of their own, as in Prometheus", () => {
  const looks = [[histogram(0, 0, 0, 0)], [histogram(5, 5, 5, 20)]];
  expect(found({ metric: "m_count", of: "increase" }, looks)).toEqual([{ labels: {}, value: 20 }]);
  expect(found({ metric: "m_other", of: "increase" }, looks)).toEqual([]);
});

test("points and series are remembered within bounds", () => {
  const history = new SeriesHistory(120);
  for (let now = 0; now <= 10_000 * second; now += 10 * second) history.add([sample(1, now)], now);
  const [series] = history.select({ metric: "m", where: {}, except: {} });
  expect(series?.points.length).toBeLessThanOrEqual(14);
  const many = Array.from({ length: 5001 }, (_, id) =>
    sample(1, 0, { labels: { id: String(id) } }),
  );
  const crowded = new SeriesHistory(120);
  crowded.add(many, 0);
  expect(crowded.select({ metric: "m", where: {}, except: {} })).toHaveLength(5000);
  expect(crowded.left).toBe(1);
});
