import { PayloadTooLargeError, silentLog, type TransportMessage } from "@troupe/actor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { ConnectionClosedError } from "../errors.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { natsTransport } from "./nats-transport.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (message: TransportMessage): string => new TextDecoder().decode(message.payload);

describe.skipIf(!(await canStartServer("transport")))("the transport on NATS", () => {
  let server: TestServer;
  let connections: Connection[] = [];
  const open = async (log = silentLog): Promise<Connection> => {
    const connection = await connect({ url: server.url, name: "transport", log });
    connections.push(connection);
    return connection;
  };
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    connections = [];
    await server.stop();
  });

  test("carries payload, reply subject and headers to every subscriber, in order", async () => {
    const here = natsTransport(await open());
    const there = natsTransport(await open());
    const one = arrivals<TransportMessage>();
    const two = arrivals<TransportMessage>();
    there.subscribe("a.*", one.push);
    there.subscribe("a.>", two.push);
    await there.flush();
    here.publish("a.b", bytes("1"), { reply: "r.1", headers: { traceparent: "00-x", k: "v" } });
    here.publish("a.b", bytes("2"));
    for (const got of [one, two]) {
      expect(await got.next()).toEqual({
        subject: "a.b",
        payload: bytes("1"),
        reply: "r.1",
        headers: { traceparent: "00-x", k: "v" },
      });
      expect(await got.next()).toEqual({ subject: "a.b", payload: bytes("2") });
    }
  });

  test("delivers each message to one member of a queue group", async () => {
    const here = natsTransport(await open());
    const there = natsTransport(await open());
    const got = arrivals<string>();
    const members = [0, 0];
    for (const member of [0, 1]) {
      there.subscribe(
        "work",
        (message) => {
          members[member] = (members[member] ?? 0) + 1;
          got.push(text(message));
        },
        { queue: "workers" },
      );
    }
    await there.flush();
    const sent = Array.from({ length: 200 }, (_, i) => String(i));
    for (const item of sent) here.publish("work", bytes(item));
    for (const _ of sent) await got.next();
    await here.flush();
    expect([...got.all].sort()).toEqual([...sent].sort());
    expect(members.every((count) => count > 0)).toBe(true);
  });

  test("says at once that nobody listens on a subject published with a reply", async () => {
    const transport = natsTransport(await open());
    const answers = arrivals<TransportMessage>(2000);
    transport.subscribe("answers.7", answers.push);
    transport.publish("nobody.here", bytes("?"), { reply: "answers.7" });
    const answer = await answers.next();
    expect(answer).toMatchObject({ subject: "answers.7", noResponders: true });
    expect(answer.payload.length).toBe(0);
  });

  test("refuses a payload above the server's limit and works on", async () => {
    const transport = natsTransport(await open());
    const limit = transport.maxPayloadBytes;
    expect(limit).toBe(1024 * 1024);
    expect(() => transport.publish("big", new Uint8Array(limit + 1))).toThrow(PayloadTooLargeError);
    const headers = { note: "headers count too" };
    expect(() => transport.publish("big", new Uint8Array(limit), { headers })).toThrow(
      PayloadTooLargeError,
    );
    const got = arrivals<TransportMessage>();
    transport.subscribe("big", got.push);
    transport.publish("big", new Uint8Array(limit));
    expect((await got.next()).payload.length).toBe(limit);
  });

  test("survives a handler that throws, and logs it", async () => {
    const lines: string[] = [];
    const transport = natsTransport(await open((_, message) => lines.push(message)));
    const got = arrivals<string>();
    transport.subscribe("risky", (message) => {
      if (text(message) === "bad") throw new Error("cannot read this");
      got.push(text(message));
    });
    transport.publish("risky", bytes("bad"));
    transport.publish("risky", bytes("good"));
    expect(await got.next()).toBe("good");
    expect(lines.some((line) => line.includes("cannot read this"))).toBe(true);
  });

  test("delivers nothing after unsubscribe, and refuses use after close", async () => {
    const connection = await open();
    const transport = natsTransport(connection);
    const ended = arrivals<string>();
    const going = arrivals<string>();
    const subscription = transport.subscribe("s", (message) => ended.push(text(message)));
    transport.subscribe("s", (message) => going.push(text(message)));
    transport.publish("s", bytes("1"));
    await going.next();
    subscription.unsubscribe();
    transport.publish("s", bytes("2"));
    expect(await going.next()).toBe("2");
    expect(ended.all).toEqual(["1"]);
    await transport.close();
    expect(() => transport.publish("s", bytes("3"))).toThrow(ConnectionClosedError);
    expect(() => transport.subscribe("s", () => {})).toThrow(ConnectionClosedError);
    const other = natsTransport(connection);
    await connection.close();
    expect(() => other.publish("s", bytes("4"))).toThrow(ConnectionClosedError);
    await expect(other.flush()).rejects.toThrow(ConnectionClosedError);
  });

  test("subscriptions are there again after the server was killed and restarted", async () => {
    const connection = await open();
    const transport = natsTransport(connection);
    const got = arrivals<string>();
    transport.subscribe("again", (message) => got.push(text(message)));
    const back = arrivals<void>();
    connection.onReconnect(() => back.push());
    await server.kill();
    await server.restart();
    await back.next();
    transport.publish("again", bytes("here"));
    expect(await got.next()).toBe("here");
  });
});
