import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { silentLog } from "@troupe/actor";
import { VirtualClock } from "@troupe/testkit";
import { SMTPServer } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import { NotDeliveredError } from "../../errors.ts";
import type { Notice } from "../alert-book.ts";
import { handlerSchema } from "../alerting-file.ts";
import { Deliveries } from "./deliveries.ts";
import { type AlertHandler, handlerOf } from "./handler.ts";

const notice: Notice = {
  kind: "firing",
  handlers: ["h"],
  alert: {
    id: "Much@n1[]",
    rule: "Much",
    node: "n1",
    state: "firing",
    severity: "critical",
    labels: { kind: "a<b" },
    value: 12,
    summary: "12 of a<b & c",
    runbook: "docs/operations.md#much",
    since: 0,
    firedAt: 60_000,
    silenced: false,
    escalations: 0,
  },
};
const never = new AbortController().signal;
const published: [string, string][] = [];
const ports = {
  log: silentLog,
  prefix: "troupe",
  transport: {
    publish: (subject: string, payload: Uint8Array) =>
      void published.push([subject, new TextDecoder().decode(payload)]),
  },
};
const handler = (config: object): AlertHandler =>
  handlerOf(handlerSchema.parse({ name: "h", ...config }), ports);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function webServer(status: () => number) {
  const got: { request: IncomingMessage; body: unknown }[] = [];
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push({ request, body: JSON.parse(body) });
      response.writeHead(status(), { location: "http://127.0.0.1:9/" }).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

test("a webhook gets what Slack takes, with its markup escaped", async () => {
  const { got, url } = await webServer(() => 200);
  await handler({ type: "webhook", url, headers: { authorization: "Bearer x" } }).tell(
    notice,
    never,
  );
  expect(got).toHaveLength(1);
  expect(got[0]?.request.headers).toMatchObject({
    "content-type": "application/json",
    authorization: "Bearer x",
  });
  const title = "[FIRING] critical: Much on n1: 12 of a&lt;b &amp; c";
  expect(got[0]?.body).toEqual({
    text: title,
    attachments: [
      {
        color: "#c0392b",
        fallback: title,
        text: "kind: a&lt;b\nsince: 1970-01-01T00:01:00.000Z\nwhat to do: docs/operations.md#much",
      },
    ],
  });
});

test("a webhook in the form `json` gets the alert itself", async () => {
  const { got, url } = await webServer(() => 204);
  await handler({ type: "webhook", url, format: "json" }).tell(notice, never);
  expect(got[0]?.body).toEqual({ kind: "firing", alert: notice.alert });
});

test.each([
  [500, true],
  [429, true],
  [404, false],
  [302, true],
])("a webhook whose server answers %d has not told; again: %s", async (status, retryable) => {
  const { url } = await webServer(() => status);
  const telling = handler({ type: "webhook", url }).tell(notice, never);
  await expect(telling).rejects.toThrow(NotDeliveredError);
  await expect(telling).rejects.toMatchObject({ retryable, handler: "h" });
});

async function mailServer(options: ConstructorParameters<typeof SMTPServer>[0] = {}) {
  const mails: { from: string; to: readonly string[]; text: string; user: unknown }[] = [];
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      password === "p w" ? done(null, { user: username }) : done(new Error("no")),
    onData: (stream, { envelope, user }, done) => {
      void text(stream).then((body) => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text: body, user });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { mails, port: (server.server.address() as AddressInfo).port };
}
const addresses = { from: "troupe@example.org", to: ["ops@example.org", "boss@example.org"] };

test("a mail goes to everybody, with a subject of one line", async () => {
  const { mails, port } = await mailServer();
  const email = handler({
    type: "email",
    server: `smtp://me:p%20w@127.0.0.1:${port}`,
    ...addresses,
  });
  const twoLines = {
    ...notice,
    alert: { ...notice.alert, summary: "one\r\nBcc: evil@example.org" },
  };
  await email.tell(twoLines, never);
  expect(mails).toMatchObject([{ ...addresses, user: "me" }]);
  const mail = mails[0]?.text ?? "";
  const [head = ""] = mail.split("\r\n\r\n");
  expect(head.replaceAll(/\r\n\s+/g, " ")).toContain(
    "[FIRING] critical: Much on n1: one Bcc: evil",
  );
  expect(head).not.toMatch(/^Bcc:/m);
  expect(mail).toContain("what to do: docs/operations.md#much");
});

test("a mail that is refused for good is not tried again; one whose server is away is", async () => {
  const refusing = await mailServer({
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error("nobody here"), { responseCode: 550 })),
  });
  const refused = handler({
    type: "email",
    server: `smtp://127.0.0.1:${refusing.port}`,
    ...addresses,
  });
  await expect(refused.tell(notice, never)).rejects.toMatchObject({ retryable: false });
  const away = handler({ type: "email", server: "smtp://127.0.0.1:9", ...addresses });
  await expect(away.tell(notice, never)).rejects.toMatchObject({ retryable: true });
});

test("a NATS subject gets the alert as JSON, the deployment's own unless another is named", async () => {
  published.length = 0;
  await handler({ type: "subject" }).tell(notice, never);
  await handler({ type: "subject", subject: "ops.pager" }).tell(notice, never);
  const body = JSON.stringify({ kind: "firing", alert: notice.alert });
  expect(published).toEqual([
    ["troupe.alerts", body],
    ["ops.pager", body],
  ]);
});

test("the log gets one line, at the level that the alert deserves", async () => {
  const lines: unknown[] = [];
  const log = handlerOf(
    { type: "log", name: "h" },
    { ...ports, log: (...line) => lines.push(line) },
  );
  await log.tell(notice, never);
  await log.tell({ ...notice, kind: "resolved" }, never);
  expect(lines).toMatchObject([
    ["error", "[FIRING] critical: Much on n1: 12 of a<b & c", { value: 12 }],
    ["info", "[RESOLVED] critical: Much on n1: 12 of a<b & c", { value: 12 }],
  ]);
});

/** A handler that fails as often as it is told to. */
function flaky(name: string, failures: number, retryable = true) {
  const told: Notice["kind"][] = [];
  let left = failures;
  const tell: AlertHandler["tell"] = async ({ kind }) => {
    left -= 1;
    if (left >= 0) throw new NotDeliveredError(name, "not now", retryable);
    told.push(kind);
  };
  return { name, told, tell };
}

test("what fails is tried again, later and later, in order, and holds up nobody else", async () => {
  const clock = new VirtualClock();
  const slow = flaky("slow", 3);
  const quick = flaky("quick", 0);
  const deliveries = new Deliveries([slow, quick], { clock, log: silentLog });
  const both = { ...notice, handlers: ["slow", "quick"] };
  deliveries.add(both);
  deliveries.add({ ...both, kind: "resolved" });
  await clock.advance(6999);
  expect([slow.told, quick.told]).toEqual([[], ["firing", "resolved"]]);
  await clock.advance(1);
  expect(slow.told).toEqual(["firing", "resolved"]);
  expect(deliveries.counts).toEqual({ told: 4, givenUp: 0 });
});

test("after six tries, or at once when it is of no use, it is given up and logged", async () => {
  const clock = new VirtualClock();
  const lines: unknown[] = [];
  const log = (...line: readonly unknown[]) => void lines.push(line[2]);
  const away = flaky("away", 6);
  const wrong = flaky("wrong", 1, false);
  const deliveries = new Deliveries([away, wrong], { clock, log });
  deliveries.add({ ...notice, handlers: ["away", "wrong"] });
  await clock.advance(1000);
  expect(lines).toMatchObject([{ handler: "wrong" }]);
  await clock.advance(60_000);
  expect(lines).toMatchObject([{ handler: "wrong" }, { handler: "away" }]);
  expect(deliveries.counts).toEqual({ told: 0, givenUp: 2 });
});

test("a handler that is away for long gathers no more than 500 notices", async () => {
  const clock = new VirtualClock();
  const away = flaky("away", Number.POSITIVE_INFINITY);
  const deliveries = new Deliveries([away], { clock, log: silentLog });
  for (let i = 0; i < 510; i += 1) deliveries.add({ ...notice, handlers: ["away"] });
  expect(deliveries.counts.givenUp).toBe(10);
  deliveries.close();
  await clock.advance(100_000);
});
