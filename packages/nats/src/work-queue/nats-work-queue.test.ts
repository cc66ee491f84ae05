import { type Delivery, type Log, silentLog } from "@troupe/actor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { DeliveryForgottenError, InvalidOptionError, StreamMissingError } from "../errors.ts";
import { ensureStreams } from "../streams/ensure-streams.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { natsWorkQueue } from "./nats-work-queue.ts";

const text = ({ payload }: Delivery): string => new TextDecoder().decode(payload);
const never = new Promise<void>(() => {});

describe.skipIf(!(await canStartServer("work queue")))("the goal queue on JetStream", () => {
  let server: TestServer;
  let client: Connection;
  let opened: Connection[] = [];
  let prefix = "";
  let tests = 0;

  const node = async (log: Log = silentLog): Promise<Connection> => {
    const connection = await connect({ url: server.url, name: "node", log });
    opened.push(connection);
    return connection;
  };
  const submit = async (...goals: readonly string[]): Promise<void> => {
    for (const goal of goals) client.nats.publish(`${prefix}.goals`, goal);
    await client.nats.flush();
  };
  const consumerState = async () => {
    const stream = `${prefix.toUpperCase()}_GOALS`;
    const info = await client.manager.consumers.info(stream, `${stream}_WORKERS`);
    return { unsettled: info.num_ack_pending, waiting: info.num_pending };
  };

  beforeAll(async () => {
    server = await startTestServer();
    client = await connect({ url: server.url, name: "client", log: silentLog });
  });
  beforeEach(async () => {
    tests += 1;
    prefix = `queue${tests}`;
    await ensureStreams(client, { prefix });
  });
  afterEach(async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    opened = [];
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  test("delivers a plainly published goal with headers, once, and ack settles it", async () => {
    const got = arrivals<Delivery>();
    const queue = natsWorkQueue(await node(), { prefix });
    const acked = arrivals<void>();
    await queue.consume(
      async (delivery) => {
        got.push(delivery);
        await delivery.ack();
        await delivery.ack();
        acked.push();
      },
      { concurrency: 4 },
    );
    await submit("clean this");
    const delivery = await got.next();
    expect(text(delivery)).toBe("clean this");
    expect(delivery).toMatchObject({ sequence: 1, attempt: 1, headers: {} });
    await acked.next();
    expect(await consumerState()).toEqual({ unsettled: 0, waiting: 0 });
    await client.jetstream
      .publish(`${prefix}.goals`, "2", { msgID: "g2", timeout: 50 })
      .catch(() => {});
    expect((await got.next()).headers["Nats-Msg-Id"]).toBe("g2");
  });

  test("holds no more than the concurrency, and takes the next as one is settled", async () => {
    const got = arrivals<Delivery>();
    const queue = natsWorkQueue(await node(), { prefix });
    await queue.consume(
      async (delivery) => {
        got.push(delivery);
        await never;
      },
      { concurrency: 2 },
    );
    await submit("1", "2", "3", "4", "5");
    const first = await got.next();
    await got.next();
    expect(await consumerState()).toEqual({ unsettled: 2, waiting: 3 });
    await first.ack();
    expect(text(await got.next())).toBe("3");
    expect(await consumerState()).toEqual({ unsettled: 2, waiting: 2 });
  });

  test("shares goals among nodes, each to one of them", async () => {
    const got = arrivals<string>();
    const counts = [0, 0];
    for (const index of [0, 1]) {
      const queue = natsWorkQueue(await node(), { prefix });
      await queue.consume(
        async (delivery) => {
          counts[index] = (counts[index] ?? 0) + 1;
          await delivery.ack();
          got.push(text(delivery));
        },
        { concurrency: 3 },
      );
    }
    const goals = Array.from({ length: 60 }, (_, i) => String(i));
    await submit(...goals);
    for (const _ of goals) await got.next();
    expect([...got.all].sort()).toEqual([...goals].sort());
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(await consumerState()).toEqual({ unsettled: 0, waiting: 0 });
  });

  test("gives a goal back with the delay asked for, and at once when none is", async () => {
    const got = arrivals<{ delivery: Delivery; at: number }>();
    const queue = natsWorkQueue(await node(), { prefix });
    await queue.consume(
      async (delivery) => {
        got.push({ delivery, at: performance.now() });
        if (delivery.attempt === 1) delivery.retry(600);
        else if (delivery.attempt === 2) delivery.retry();
        else await delivery.ack();
      },
      { concurrency: 1 },
    );
    await submit("again");
    const [one, two, three] = [await got.next(), await got.next(), await got.next()];
    expect([one, two, three].map(({ delivery }) => delivery.attempt)).toEqual([1, 2, 3]);
    expect(two.at - one.at).toBeGreaterThanOrEqual(590);
    expect(three.at - two.at).toBeLessThan(590);
    expect(two.delivery.sequence).toBe(one.delivery.sequence);
  });

  test("a handler that rejects, or forgets to settle, gives its goal back and is logged", async () => {
    const lines: string[] = [];
    const got = arrivals<Delivery>();
    const queue = natsWorkQueue(await node((_, message) => lines.push(message)), { prefix });
    await queue.consume(
      async (delivery) => {
        got.push(delivery);
        if (delivery.attempt === 1) throw new Error("no such dataset");
        if (delivery.attempt === 3) await delivery.ack();
      },
      { concurrency: 1 },
    );
    await submit("try");
    const attempts = [await got.next(), await got.next(), await got.next()];
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(lines.some((line) => line.includes("no such dataset"))).toBe(true);
  });

  test("delivers to another node when the holder dies, and not before its lease is over", async () => {
    const dying = await node();
    const held = arrivals<Delivery>();
    await natsWorkQueue(dying, { prefix, leaseMs: 1000 }).consume(
      async (delivery) => {
        held.push(delivery);
        await never;
      },
      { concurrency: 1 },
    );
    await submit("orphan");
    await held.next();
    const since = performance.now();
    await dying.nats.close();
    const got = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix, leaseMs: 1000 }).consume(
      async (delivery) => {
        got.push(delivery);
        await delivery.ack();
      },
      { concurrency: 1 },
    );
    const delivery = await got.next();
    expect(text(delivery)).toBe("orphan");
    expect(delivery.attempt).toBe(2);
    expect(performance.now() - since).toBeGreaterThan(700);
  });

  test("working() keeps a goal beyond its lease, where a silent holder loses it", async () => {
    const leaseMs = 1000;
    const held = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix, leaseMs }).consume(
      async (delivery) => {
        held.push(delivery);
        await never;
      },
      { concurrency: 2 },
    );
    await submit("kept", "silent");
    const both = [await held.next(), await held.next()];
    const kept = both.find((delivery) => text(delivery) === "kept");
    const progress = setInterval(() => kept?.working(), leaseMs / 5);
    const lost = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix, leaseMs }).consume(
      async (delivery) => {
        lost.push(delivery);
        await never;
      },
      { concurrency: 3 },
    );
    // The silent one is lost twice: two leases have passed for the kept one too.
    const attempts = [await lost.next(), await lost.next()];
    clearInterval(progress);
    expect(attempts.map(text)).toEqual(["silent", "silent"]);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([2, 3]);
    await kept?.ack();
  });

  test("goes on after the server was killed: held goals can be settled, new ones come", async () => {
    const got = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix }).consume(
      async (delivery) => {
        got.push(delivery);
        await (text(delivery) === "held" ? never : delivery.ack());
      },
      { concurrency: 8 },
    );
    await submit("held", "done");
    await got.next();
    await got.next();
    const back = arrivals<void>();
    client.onReconnect(() => back.push());
    await server.kill();
    await server.restart();
    await back.next();
    await submit("after");
    // The killed server may deliver again what it had not yet written down.
    const since = performance.now();
    while (text(await got.next()) !== "after");
    expect(performance.now() - since).toBeLessThan(5000);
    for (const delivery of got.all) {
      if (text(delivery) === "held") await delivery.ack();
    }
    expect((await consumerState()).waiting).toBe(0);
  });

  test("a goal acknowledged while the server is down is settled once it is back", async () => {
    const got = arrivals<Delivery>();
    const connection = await node();
    await natsWorkQueue(connection, { prefix }).consume(
      async (delivery) => {
        got.push(delivery);
        await never;
      },
      { concurrency: 8 },
    );
    await submit("held");
    const delivery = await got.next();
    // It stops in order: a killed server might forget the delivery.
    const restarted = server.restart();
    await vi.waitFor(() => expect(connection.connected).toBe(false), { interval: 1 });
    const acknowledged = delivery.ack();
    await restarted;
    await acknowledged;
    expect((await consumerState()).waiting).toBe(0);
  });

  test("the stop function ends deliveries, gives back what was coming, and leaves held goals settleable", async () => {
    const got = arrivals<Delivery>();
    const stop = await natsWorkQueue(await node(), { prefix }).consume(
      async (delivery) => {
        got.push(delivery);
        await never;
      },
      { concurrency: 5 },
    );
    await submit("held");
    const held = await got.next();
    await stop();
    await stop();
    const other = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix }).consume(
      async (delivery) => {
        await delivery.ack();
        other.push(delivery);
      },
      { concurrency: 1 },
    );
    await submit("new");
    expect(text(await other.next())).toBe("new");
    expect(got.all.length).toBe(1);
    await held.ack();
    expect((await consumerState()).unsettled).toBe(0);
  });

  test("a goal acknowledged on a delivery the server has forgotten comes again", async () => {
    const got = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix }).consume(
      async (delivery) => {
        got.push(delivery);
        await (got.all.length === 1 ? never : delivery.ack());
      },
      { concurrency: 1 },
    );
    await submit("forgotten");
    const first = await got.next();
    const stream = `${prefix.toUpperCase()}_GOALS`;
    const { config } = await client.manager.consumers.info(stream, `${stream}_WORKERS`);
    await client.manager.consumers.delete(stream, `${stream}_WORKERS`);
    await client.manager.consumers.add(stream, config);
    // Old servers confirm even this; from both the goal comes again.
    const answer = await first.ack().catch((thrown) => thrown);
    expect(answer === undefined || answer instanceof DeliveryForgottenError).toBe(true);
    expect(text(await got.next())).toBe("forgotten");
  });

  test("a consumer that someone deleted is made again", async () => {
    const got = arrivals<Delivery>();
    await natsWorkQueue(await node(), { prefix }).consume(
      async (delivery) => {
        got.push(delivery);
        await delivery.ack();
      },
      { concurrency: 2 },
    );
    await submit("1");
    await got.next();
    const stream = `${prefix.toUpperCase()}_GOALS`;
    await client.manager.consumers.delete(stream, `${stream}_WORKERS`);
    await submit("2");
    while (text(await got.next()) !== "2");
  });

  test("refuses a concurrency or a lease that cannot be", async () => {
    const connection = await node();
    const queue = natsWorkQueue(connection, { prefix });
    for (const concurrency of [0, -1, 1.5, Number.NaN, 1e9]) {
      await expect(queue.consume(async () => {}, { concurrency })).rejects.toThrow(
        InvalidOptionError,
      );
    }
    expect(() => natsWorkQueue(connection, { prefix, leaseMs: 0 })).toThrow(InvalidOptionError);
  });

  test("needs the streams", async () => {
    const queue = natsWorkQueue(await node(), { prefix: "nowhere" });
    await expect(queue.consume(async () => {}, { concurrency: 1 })).rejects.toThrow(
      StreamMissingError,
    );
  });
});
