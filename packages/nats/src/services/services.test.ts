import { Svcm } from "@nats-io/services";
import { silentLog, systemClock, systemRandom, type Transport } from "@troupe/actor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Connection, connect } from "../index.ts";
import { startTestServer, type TestServer } from "../testing.ts";
import { natsTransport } from "../transport/nats-transport.ts";
import { findServices } from "./find-services.ts";
import { serveService } from "./service.ts";

let server: TestServer;
let connection: Connection;
let transport: Transport;
beforeAll(async () => {
  server = await startTestServer();
  connection = await connect({ url: server.url, name: "services", log: silentLog });
  transport = natsTransport(connection);
});
afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

function serve(id: string) {
  return serveService({
    transport,
    clock: systemClock,
    name: "troupe-node",
    id,
    version: "1.2.3",
    description: "a node",
    metadata: { prefix: "troupe" },
    endpoints: [
      {
        name: "echo",
        subject: `troupe.node.${id}.echo`,
        answer: async (payload) => {
          if (payload.length === 0) throw new Error("nothing to\nsay");
          return payload;
        },
      },
    ],
  });
}

test("NATS' own client of the services API finds, describes and counts a service", async () => {
  const stop = [serve("n1"), serve("n2")];
  // Its types are of another release of the same client; what it calls of the connection is the same.
  const client = new Svcm(connection.nats as never).client({ maxWait: 500 } as never);
  const all = async <T>(answers: Promise<AsyncIterable<T>>): Promise<T[]> => {
    const got: T[] = [];
    for await (const one of await answers) got.push(one);
    return got;
  };
  const pings = await all(client.ping("troupe-node"));
  expect(pings.map(({ id }) => id).sort()).toEqual(["n1", "n2"]);
  const [info] = await all(client.info("troupe-node", "n2"));
  expect(info).toMatchObject({
    type: "io.nats.micro.v1.info_response",
    name: "troupe-node",
    id: "n2",
    version: "1.2.3",
    description: "a node",
    metadata: { prefix: "troupe" },
    endpoints: [{ name: "echo", subject: "troupe.node.n2.echo" }],
  });

  const answer = await connection.nats.request("troupe.node.n2.echo", "hello");
  expect(answer.string()).toBe("hello");
  const failed = await connection.nats.request("troupe.node.n2.echo");
  expect(failed.headers?.get("Nats-Service-Error")).toBe("nothing to say");
  expect(failed.headers?.get("Nats-Service-Error-Code")).toBe("500");
  const [stats] = await all(client.stats("troupe-node", "n2"));
  expect(stats).toMatchObject({
    started: expect.stringMatching(/^\d{4}-/),
    endpoints: [{ name: "echo", num_requests: 2, num_errors: 1, last_error: "500:nothing to say" }],
  });
  for (const end of stop) end();
});

test("services are found with their endpoints; those that have stopped are not", async () => {
  const options = { transport, clock: systemClock, random: systemRandom, name: "troupe-node" };
  const find = () => findServices({ ...options, inbox: "troupe.inbox.client" });
  expect(await find()).toEqual([]);
  const stopFirst = serve("n1");
  const stopSecond = serve("n2");
  await transport.flush();
  expect((await find()).map(({ id }) => id)).toEqual(["n1", "n2"]);
  stopFirst();
  await transport.flush();
  expect(await find()).toEqual([
    {
      name: "troupe-node",
      id: "n2",
      version: "1.2.3",
      description: "a node",
      metadata: { prefix: "troupe" },
      endpoints: { echo: "troupe.node.n2.echo" },
    },
  ]);
  stopSecond();
});
