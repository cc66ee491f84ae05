import { expect, test } from "vitest";
import { type AlertOrders, alertOrderSchema, applyOrder, decideOrder, noOrders } from "./orders.ts";

const context = { node: "n1", rules: [], alerts: new Set<string>(), now: 0 };
const silence = (reason: string, labels: Readonly<Record<string, string>> = {}) =>
  alertOrderSchema.parse({ do: "silence", rule: "*", labels, seconds: 60, by: "ada", reason });

test("however much people say, all of it fits into the message that tells it, and what is too much is refused", () => {
  const labels = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`l${index}`, "x".repeat(1000)]),
  );
  let orders: AlertOrders = noOrders;
  const answers = Array.from({ length: 100 }, () => {
    const decided = decideOrder(orders, silence("y".repeat(1000), labels), context);
    if ("refused" in decided) return decided.refused;
    orders = applyOrder(orders, decided.record, 0);
    return "stored";
  });
  expect(new Set(answers)).toEqual(
    new Set(["stored", "people have said too much already: use fewer words, or end a silence"]),
  );
  expect(JSON.stringify(orders).length).toBeLessThan(512 * 1024);
  const [first] = orders.silences;
  const ended = decideOrder(orders, { do: "unsilence", id: first?.id ?? "", by: "ada" }, context);
  if ("refused" in ended) throw new Error(ended.refused);
  orders = applyOrder(orders, ended.record, 0);
  expect(decideOrder(orders, silence("again"), context)).toMatchObject({ id: expect.any(String) });
});

test("of the words of each order the beginning is remembered", () => {
  let orders: AlertOrders = noOrders;
  for (let index = 0; index < 300; index += 1) {
    const record = { type: "marked", alert: "a".repeat(4000), what: "resolved" } as const;
    const who = { node: "n1", by: "ada", reason: "r".repeat(1000) };
    orders = applyOrder(orders, { ...record, ...who }, index);
  }
  expect(orders.given).toHaveLength(200);
  expect(orders.given.at(-1)).toMatchObject({
    of: `${"a".repeat(300)}…`,
    reason: `${"r".repeat(300)}…`,
  });
});
