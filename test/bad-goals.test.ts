import { headers as natsHeaders } from "@nats-io/transport-node";
import { silentLog } from "@troupe/actor";
import { decodeJson, encodeJson } from "@troupe/goals";
import { type Connection, connect } from "@troupe/nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
let connection: Connection;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 1 });
  connection = await connect({ url: deployment.server.url, name: "stranger", log: silentLog });
});
afterAll(async () => {
  await connection?.close();
  await deployment?.stop();
});

type Headers = Readonly<Record<string, string>>;
type Body = string | Uint8Array;

/** An answer, as data to be looked into. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
async function ask(subject: string, body: Body, headers: Headers = {}): Promise<any> {
  const given = natsHeaders();
  for (const [name, value] of Object.entries(headers)) given.set(name, value);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const answer = await connection.nats.request(subject, bytes, { timeout: 10_000, headers: given });
  const failed = answer.headers?.get("Nats-Service-Error");
  if (failed !== undefined && failed !== "") {
    return { code: answer.headers?.get("Nats-Service-Error-Code"), failed };
  }
  return decodeJson(answer.data);
}

const flow = (fields: object) =>
  JSON.stringify({ kind: "flow", tasks: [{ id: "a", type: "pass" }], ...fields });
const nested = (depth: number) =>
  `{"kind":"flow","tasks":[{"id":"a","type":"pass","input":${"[".repeat(depth)}${"]".repeat(depth)}}]}`;
const large = (bytes: number) => flow({ note: "x".repeat(bytes) });
const polluted = '{"kind":"flow","tasks":[{"id":"a","type":"pass","input":{"__proto__":{"x":1}}}]}';
const constructed =
  '{"kind":"flow","tasks":[{"id":"a","type":"pass","input":{"constructor":{"prototype":{}}}}]}';

interface Bad {
  readonly body: Body;
  readonly headers?: Headers;
  readonly reason?: string;
  readonly says: RegExp;
}

const bad: Readonly<Record<string, Bad>> = {
  "nothing at all": { body: "", says: /not JSON in UTF-8/ },
  "no JSON": { body: "bring letters!", says: /not JSON in UTF-8/ },
  "another encoding": { body: Buffer.from(flow({}), "utf16le"), says: /not JSON in UTF-8/ },
  "bytes of no text": { body: Uint8Array.of(0xff, 0xfe, 0, 1), says: /not JSON in UTF-8/ },
  "another content type": {
    body: "<goal kind='flow'/>",
    headers: { "Content-Type": "application/xml" },
    says: /not JSON in UTF-8/,
  },
  "no object": { body: "[]", says: /expected object/ },
  "deep nesting": { body: nested(100_000), says: /tasks\.0\.input.*nested deeper than 64 levels/ },
  "a name that reaches prototypes": { body: polluted, says: /__proto__: this name is not allowed/ },
  "a constructor with a prototype": { body: constructed, says: /constructor: this name/ },
  "more than a goal may have": { body: large(600_000), says: /exceed the limit of 524288/ },
  "so much that the dead letter must be cut": { body: large(1_000_000), says: /exceed the limit/ },
  "ten thousand mistakes": {
    body: flow({ tasks: Array.from({ length: 10_000 }, () => 1) }),
    says: /and \d+ more/,
  },
  "an unknown kind": {
    body: '{"kind":"polish"}',
    reason: "unknown-goal-kind",
    says: /use one of 'clean'/,
  },
  "a kind as long as a goal": {
    body: JSON.stringify({ kind: "x".repeat(500_000) }),
    reason: "unknown-goal-kind",
    says: /is not known/,
  },
  "a field that nobody knows": { body: flow({ speed: 3 }), says: /speed/ },
  "an id with a wildcard": { body: flow({ id: "a.*" }), says: /id: must be 1 to 64 letters/ },
  "a message id with a wildcard": {
    body: flow({}),
    headers: { "Nats-Msg-Id": "a.>" },
    says: /Nats-Msg-Id header/,
  },
  "headers beyond their limit": {
    body: flow({}),
    headers: { note: "x".repeat(40_000) },
    says: /headers: \d+ bytes exceed the limit of 32768/,
  },
  "a command that nobody knows": { body: '{"command":"explode"}', says: /'approve' \| 'cancel'/ },
  "a command to no goal": {
    body: '{"command":"cancel","goal":"nobody"}',
    reason: "goal-not-found",
    says: /no goal 'nobody'/,
  },
};

interface Letter {
  readonly sequence: number;
  readonly error: { readonly reason: string; readonly description: string };
  readonly payload: string;
  readonly bytes?: number;
}

async function letters(): Promise<readonly Letter[]> {
  const records = await deployment.journal.read("dead.goals");
  return records.map(({ payload }) => decodeJson(payload) as Letter);
}

test.for(Object.keys(bad))(
  "a goal with %s is refused with the reason, and kept as a dead letter",
  async (name) => {
    const { body, headers, reason = "invalid-goal", says } = bad[name] ?? { body: "", says: /^$/ };
    const before = (await letters()).length;
    const answer = await ask("troupe.goals", body, headers);
    expect(answer.error).toMatchObject({ reason, retryable: false });
    expect(answer.error.code).toBeGreaterThanOrEqual(400);
    expect(answer.error.code).toBeLessThan(500);
    expect(answer.error.description).toMatch(says);
    await expect.poll(async () => (await letters()).length, { timeout: 20_000 }).toBe(before + 1);
    const letter = (await letters()).at(-1);
    expect(letter?.error).toMatchObject({ reason, description: answer.error.description });
    const bytes = Buffer.from(body);
    const kept = Buffer.from(letter?.payload ?? "", "base64");
    // All of it, or its beginning and how long it was.
    expect(bytes.subarray(0, kept.length).equals(kept)).toBe(true);
    expect(letter?.bytes ?? kept.length).toBe(bytes.length);
  },
);

test("goals of any size that may be published are taken in or refused: none comes again for ever", async () => {
  for (const bytes of [400_000, 520_000]) {
    const input = { text: "x".repeat(bytes) };
    const goal = flow({ id: `size-${bytes}`, tasks: [{ id: "a", type: "pass", input }] });
    const answer = await ask("troupe.goals", goal);
    expect([answer.goal, answer.error?.reason]).toSatisfy(
      ([id, reason]: readonly unknown[]) => id === `size-${bytes}` || reason === "invalid-goal",
    );
  }
});

test("a second goal with an id that is known is not run, whatever it asks for", async () => {
  expect(await ask("troupe.goals", flow({ id: "twice" }))).toMatchObject({ duplicate: false });
  const other = flow({ id: "twice", tasks: [{ id: "b", type: "pass" }] });
  expect(await ask("troupe.goals", other)).toMatchObject({ goal: "twice", duplicate: true });
  await deployment.follow("twice");
  expect(Object.values((await deployment.client.show("twice")).task)).toMatchObject([{ id: "a" }]);
});

test("a goal with headers that cannot be read is a goal all the same", async () => {
  const odd = { traceparent: "00-zzz", tracestate: ",,=", "Nats-Expected-Nothing": "?" };
  const answer = await ask("troupe.goals", flow({ id: "odd-headers" }), odd);
  expect(answer).toMatchObject({ goal: "odd-headers" });
});

const requests: readonly (readonly [string, string, string, string, RegExp])[] = [
  ["a list", "troupe.query.goals", "{", "invalid-request", /not JSON/],
  ["a list", "troupe.query.goals", '{"limit":"x"}', "invalid-request", /limit: .*number/],
  ["a list", "troupe.query.goals", '{"__proto__":{"limit":5}}', "invalid-request", /not allowed/],
  ["a history", "troupe.query.history.g", '{"after":-5}', "invalid-request", /after/],
  ["a history", "troupe.query.history.g", '{"after":1e308}', "invalid-request", /after/],
  ["a goal", "troupe.query.goal.x.y", "", "goal-not-found", /no goal/],
  ["what is not told", "troupe.query.secrets", "", "invalid-request", /no such request/],
  ["a cancellation", "troupe.command.cancel.g", '{"reason":5}', "invalid-request", /reason/],
  ["the cache", "troupe.cache-requests", '{"warm":{"keys":[]}}', "invalid-request", /warm/],
];

test.for(requests)("a request for %s on %s with %s is refused as %s", async (row) => {
  const [, subject, body, reason, says] = row;
  const { error } = await ask(subject, body);
  expect(error).toMatchObject({
    reason,
    retryable: false,
    description: expect.stringMatching(says),
  });
  expect(error.code).toBeLessThan(500);
});

test.for([
  ["{", /not JSON/],
  ['{"do":"fly"}', /do: .*'replay'/],
  [`{"do":"stop","actor":${"[".repeat(50_000)}`, /not JSON/],
] as const)("a broken operation is refused by the node's service as %#", async ([body, says]) => {
  const { code, failed } = await ask("troupe.node.n1.operate", body);
  expect([code, failed]).toEqual(["400", expect.stringMatching(says)]);
});

test("what is larger than the server takes is refused where it is sent", async () => {
  const publish = () => deployment.transport.publish("troupe.goals", new Uint8Array(2 ** 20 + 1));
  expect(publish).toThrow(expect.objectContaining({ code: "payload-too-large" }));
  await expect(deployment.client.submit({ kind: "x".repeat(2 ** 21) })).rejects.toMatchObject({
    code: "payload-too-large",
  });
});

test("after all of it the node works as before, and nothing waits to be delivered again", async () => {
  expect(await ask("troupe.goals", encodeJson(JSON.parse(flow({ id: "at-last" }))))).toMatchObject({
    goal: "at-last",
  });
  await deployment.follow("at-last");
  const open = async () => {
    const consumers = await connection.manager.consumers.list("TROUPE_GOALS").next();
    return consumers.map((one) => one.num_pending + one.num_ack_pending);
  };
  await expect.poll(open, { timeout: 20_000 }).toEqual([0]);
});
