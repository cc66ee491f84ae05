import { z } from "zod";

/** Longest silence, seconds. */
const longestSilence = 30 * 86_400;
/** Silences at once; more are refused. */
const silenceLimit = 200;
/** Alerts that are acknowledged or resolved by hand at once; more are refused. */
const markLimit = 1000;
/** How long what people said about an alert counts at most, milliseconds: then it fires as if nothing had been said. */
const markMs = 24 * 3_600_000;
/** Orders remembered, newest kept, and how much of their texts, characters. */
const rememberedOrders = 200;
const rememberedText = 300;
/**
 * Most that silences and marks may take together, characters of JSON; more is refused. Their snapshot and the status of
 * a node are one message each, of 1 MB at most.
 */
const textLimit = 256 * 1024;

const whoSchema = {
  by: z.string().min(1).max(200),
  reason: z.string().max(1000),
};

/**
 * What people ask about alerts: the request to a node's `alerts` endpoint. `by` says who, as the asker names itself;
 * `alert` is the id of an alert.
 */
export const alertOrderSchema = z.discriminatedUnion("do", [
  /** Nobody is told of such alerts for so many seconds, on any node. `rule` may be `*`; `node` counts as a label. */
  z.object({
    do: z.literal("silence"),
    rule: z.string().max(64),
    labels: z.record(z.string().max(200), z.string().max(1000)).default({}),
    seconds: z.number().min(1).max(longestSilence),
    ...whoSchema,
  }),
  /** Ends a silence. */
  z.object({ do: z.literal("unsilence"), id: z.string().max(64), by: whoSchema.by }),
  /** Somebody sees to it: it is neither told again nor escalated. */
  z.object({ do: z.literal("acknowledge"), alert: z.string().max(4000), ...whoSchema }),
  /** It is over, whatever its rule says: it fires again only once its condition has been gone for a while. */
  z.object({ do: z.literal("resolve"), alert: z.string().max(4000), ...whoSchema }),
]);
export type AlertOrder = z.output<typeof alertOrderSchema>;

/** `id`: of the silence or alert. `refused`: nothing was done, and why. */
export const alertOrderedSchema = z.object({
  id: z.string().optional(),
  refused: z.string().optional(),
});
export type AlertOrdered = z.output<typeof alertOrderedSchema>;

export const silenceSchema = z.object({
  id: z.string(),
  rule: z.string(),
  labels: z.record(z.string(), z.string()),
  until: z.number(),
  by: z.string(),
  reason: z.string(),
});
/** Keeps people from being told of some alerts for a while: those of `rule`, or of all for `*`, with all of `labels`. */
export type Silence = z.output<typeof silenceSchema>;

const markSchema = z.object({
  what: z.enum(["acknowledged", "resolved"]),
  /** The node that sees the alert. */
  node: z.string(),
  at: z.number(),
  by: z.string(),
  reason: z.string(),
});
/** What people said about an alert. */
export type Mark = z.output<typeof markSchema>;

export const givenOrderSchema = z.object({
  at: z.number(),
  what: z.enum(["silenced", "unsilenced", "acknowledged", "resolved"]),
  /** The rule that was silenced, the id of the silence that was ended, or the id of the alert. */
  of: z.string(),
  by: z.string(),
  reason: z.string(),
});
/** Who said what when. */
type GivenOrder = z.output<typeof givenOrderSchema>;

/** All that people said about alerts and that still counts, and who said what lately. Plain data. */
export const alertOrdersSchema = z.object({
  silences: z.array(silenceSchema),
  /** By the id of the alert. */
  marks: z.record(z.string(), markSchema),
  /** Oldest first. */
  given: z.array(givenOrderSchema),
  /** Silences there ever were: they are numbered. */
  silenced: z.number(),
});
export type AlertOrders = z.output<typeof alertOrdersSchema>;
export const noOrders: AlertOrders = { silences: [], marks: {}, given: [], silenced: 0 };

/** What is stored: an order that counts, with what was decided when it was given, or that alerts are gone. */
export const orderRecordSchema = z.discriminatedUnion("type", [
  silenceSchema.extend({ type: z.literal("silenced") }),
  z.object({ type: z.literal("unsilenced"), id: z.string(), by: z.string() }),
  markSchema.omit({ at: true }).extend({ type: z.literal("marked"), alert: z.string() }),
  /** The conditions of these alerts have been gone for long enough: what was said about them counts no more. */
  z.object({ type: z.literal("gone"), alerts: z.array(z.string()) }),
]);
export type OrderRecord = z.output<typeof orderRecordSchema>;

/** The orders after one more record. Those that count no more leave. */
export function applyOrder(before: AlertOrders, record: OrderRecord, at: number): AlertOrders {
  const orders = current(before, at);
  const given = (what: GivenOrder["what"], of: string, by: string, reason: string) =>
    [...orders.given, { at, what, of: short(of), by, reason: short(reason) }].slice(
      -rememberedOrders,
    );
  switch (record.type) {
    case "silenced": {
      const { type: _type, ...silence } = record;
      const { rule, by, reason } = silence;
      return {
        ...orders,
        silences: [...orders.silences, silence],
        silenced: orders.silenced + 1,
        given: given("silenced", rule, by, reason),
      };
    }
    case "unsilenced":
      return {
        ...orders,
        silences: orders.silences.filter(({ id }) => id !== record.id),
        given: given("unsilenced", record.id, record.by, ""),
      };
    case "marked": {
      const { alert, what, node, by, reason } = record;
      return {
        ...orders,
        marks: { ...orders.marks, [alert]: { what, node, at, by, reason } },
        given: given(what, alert, by, reason),
      };
    }
    case "gone": {
      const gone = new Set(record.alerts);
      const kept = Object.entries(orders.marks).filter(([alert]) => !gone.has(alert));
      return { ...orders, marks: Object.fromEntries(kept) };
    }
  }
}

function short(text: string): string {
  return text.length <= rememberedText ? text : `${text.slice(0, rememberedText)}…`;
}

/** The orders that count at a moment. */
export function current(orders: AlertOrders, now: number): AlertOrders {
  const { silences, marks } = orders;
  return {
    ...orders,
    silences: silences.filter(({ until }) => until > now),
    marks: Object.fromEntries(Object.entries(marks).filter(([, { at }]) => now - at < markMs)),
  };
}

/** What an order is checked against. */
export interface OrderContext {
  /** The node that is asked. */
  readonly node: string;
  readonly rules: readonly { readonly name: string }[];
  /** Ids of the alerts that the node has. */
  readonly alerts: ReadonlySet<string>;
  readonly now: number;
}

/** The record that an order becomes, or why it is refused. */
export function decideOrder(
  orders: AlertOrders,
  order: AlertOrder,
  { node, rules, alerts, now }: OrderContext,
): { readonly record: OrderRecord; readonly id: string } | { readonly refused: string } {
  const { silences, marks } = current(orders, now);
  if (order.do !== "unsilence") {
    const { length } = JSON.stringify([silences, marks, order]);
    if (length > textLimit) {
      return { refused: "people have said too much already: use fewer words, or end a silence" };
    }
  }
  switch (order.do) {
    case "silence": {
      const { rule, labels, by, reason, seconds } = order;
      if (rule !== "*" && !rules.some(({ name }) => name === rule)) {
        return { refused: `there is no rule '${rule}'` };
      }
      if (silences.length >= silenceLimit) {
        return { refused: `there are ${silenceLimit} silences already: end one first` };
      }
      const id = `s${orders.silenced + 1}`;
      const until = now + seconds * 1000;
      return { id, record: { type: "silenced", id, rule, labels, until, by, reason } };
    }
    case "unsilence": {
      const { id, by } = order;
      if (!silences.some((silence) => silence.id === id)) {
        return { refused: `there is no silence '${id}'` };
      }
      return { id, record: { type: "unsilenced", id, by } };
    }
    case "acknowledge":
    case "resolve": {
      const { alert, by, reason } = order;
      if (!alerts.has(alert)) return { refused: `there is no alert '${alert}' on '${node}'` };
      if (marks[alert] === undefined && Object.keys(marks).length >= markLimit) {
        return {
          refused: `people have spoken about ${markLimit} alerts already: silence a rule instead`,
        };
      }
      const what = order.do === "acknowledge" ? "acknowledged" : "resolved";
      return { id: alert, record: { type: "marked", alert, what, node, by, reason } };
    }
  }
}
