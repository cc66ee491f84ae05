import {
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  type Ref,
  silentLog,
  systemClock,
  type Transport,
} from "@troupe/actor";
import { serveService } from "@troupe/nats";
import {
  createMetrics,
  Incidents,
  nodeOperationSchema,
  observeNode,
  operate,
  recoverySchema,
} from "@troupe/telemetry";
import { InMemoryJournal } from "@troupe/testkit";
import { z } from "zod";

const protocol = defineProtocol("counter", { count: message(z.object({ by: z.number() })) });

/** A node within the test, with an actor `counter` that fails at each message until it is mended. */
export interface ShakyNode {
  readonly counter: Ref<typeof protocol.messages>;
  /** What has been counted. */
  readonly counted: readonly number[];
  mend(): void;
  stop(): Promise<void>;
}

/** @param idle further actors, which do nothing */
export function startShakyNode(transport: Transport, node: string, idle = 0): ShakyNode {
  const counted: number[] = [];
  let mended = false;
  const actor = defineActor(protocol, () => ({
    count: ({ by }) => {
      if (!mended) throw new Error("the counter is out of order");
      counted.push(by);
    },
  }));
  const clock = systemClock;
  const about = { service: "test", node, version: "0.0.0", clock, log: silentLog };
  const system = createActorSystem({ prefix: "troupe", node, ports: { transport } });
  const observed = observeNode({
    ...about,
    system,
    journal: new InMemoryJournal(clock),
    metrics: createMetrics(about),
    limits: { cpus: 1, memoryBytes: 2 ** 32 },
    rules: [],
    handlers: [],
    alertsEvery: 10,
    healthEveryMs: 1000,
    recovery: recoverySchema.parse({}),
    active: () => true,
    probe: async () => ({ nats: { connected: true, roundTripMs: 1 }, journalMs: 1 }),
    act: async () => {},
  });
  const incidents = new Incidents(system, clock);
  for (let one = 0; one < idle; one += 1) system.spawn(actor, { name: `idle-${one}` });
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const answers: Readonly<Record<string, (payload: Uint8Array) => Promise<unknown>>> = {
    status: () => observed.status(transport.maxPayloadBytes),
    incidents: async () => incidents.list(transport.maxPayloadBytes),
    operate: (payload) =>
      operate(system, nodeOperationSchema.parse(JSON.parse(new TextDecoder().decode(payload)))),
  };
  const stopService = serveService({
    transport,
    clock,
    name: "troupe-node",
    id: node,
    version: "0.0.0",
    description: "A node of a test",
    metadata: { prefix: "troupe", node },
    endpoints: Object.entries(answers).map(([name, answer]) => ({
      name,
      subject: `troupe.node.${node}.${name}`,
      answer: async (payload) => encode(await answer(payload)),
    })),
  });
  return {
    counter: system.spawn(actor, { name: "counter", restart: "permanent" }),
    counted,
    mend: () => {
      mended = true;
    },
    stop: async () => {
      stopService();
      incidents.close();
      observed.stop();
      await system.stop();
    },
  };
}
