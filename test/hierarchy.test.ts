import {
  type ActorContext,
  type ActorSystem,
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
} from "@troupe/actor";
import { delegate, workerActor, workerProtocol } from "@troupe/coordination";
import { type Connection, connect, natsTransport } from "@troupe/nats";
import { canStartServer, startTestServer, type TestServer } from "@troupe/nats/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });

describe.skipIf(!(await canStartServer("hierarchies")))(
  "a hierarchy over NATS, on three nodes",
  () => {
    let server: TestServer;
    const connections: Connection[] = [];
    const systems = new Map<string, ActorSystem>();
    const nodes = ["n1", "n2", "n3"];

    beforeAll(async () => {
      server = await startTestServer();
      for (const node of nodes) {
        const connection = await connect({ url: server.url, name: node });
        connections.push(connection);
        const ports = { transport: natsTransport(connection) };
        const membership = { heartbeatMs: 100, suspectMs: 30_000 };
        systems.set(node, createActorSystem({ node, ports, membership }));
      }
      await Promise.all(nodes.map(everybodyKnown));
    });
    afterAll(async () => {
      for (const system of systems.values()) await system.stop();
      for (const connection of connections) await connection.close();
      await server.stop();
    });

    function system(node: string): ActorSystem {
      const found = systems.get(node);
      if (found === undefined) throw new Error(`there is no node ${node}`);
      return found;
    }

    function everybodyKnown(node: string): Promise<void> {
      return new Promise((resolve) => {
        const look = (): void => {
          if (system(node).cluster.nodes().length < nodes.length) return;
          stop();
          resolve();
        };
        const stop = system(node).observe(look);
        look();
      });
    }

    test("teams of teams do the leaves once each, though a worker stops in the middle", async () => {
      const contexts: ActorContext<typeof callerProtocol.messages>[] = [];
      const caller = defineActor(callerProtocol, (context) => {
        contexts.push(context);
        return { nothing: () => {} };
      });
      system("n1").spawn(caller);
      const [context] = contexts;
      if (context === undefined) throw new Error("the caller did not start");
      const done: string[] = [];
      const { promise: twoBegun, resolve } = Promise.withResolvers<void>();
      const deputies = nodes.map((node) => {
        const actor = workerActor({
          perform: (work, signal) => {
            done.push(`${node} ${work}`);
            if (node !== "n3") return Number(work);
            // It begins and never ends: until it is stopped, what it holds is not done.
            resolve();
            return new Promise((_, reject) => signal.addEventListener("abort", reject));
          },
        });
        const { address } = system(node).spawn(actor, { name: "deputy" });
        return { member: node, ref: context.ref(workerProtocol, address) };
      });
      const middle = system("n2").spawn(
        workerActor({ perform: () => expect.fail(), team: deputies }),
      );
      const job = delegate(
        context,
        {
          id: "sum",
          leaves: Array.from({ length: 30 }, (_, leaf) => leaf),
          result: z.number(),
          aggregation: { start: 0, add: (sum, result) => sum + result },
          deadlineMs: 60_000,
        },
        [{ member: "middle", ref: context.ref(workerProtocol, middle.address) }],
      );
      await twoBegun;
      await system("n3").stopActor({ address: "n3/deputy" });
      const outcome = await job;
      expect(outcome).toMatchObject({
        done: true,
        complete: true,
        counted: 30,
        aggregate: 435,
        refused: [],
      });
      expect(
        outcome.delegated.some(
          ({ worker, depth, ended }) => worker === "n3" && depth === 2 && ended === "lost",
        ),
      ).toBe(true);
      expect(new Set(done.map((line) => line.split(" ")[0]))).toEqual(new Set(nodes));
    });
  },
);
