/**
 * What durable execution costs, against acknowledged JetStream publishes of the same size on the same
 * server in the same run. A node with all that nodes have, spans included, on a real nats-server.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog, systemClock, systemRandom } from "@troupe/actor";
import { GoalClient, subjectsOf } from "@troupe/goals";
import { connect, ensureStreams, natsJournal, natsTransport } from "@troupe/nats";
import { startTestServer } from "@troupe/nats/testing";
import { readNodeConfig, startNode } from "@troupe/node-service";
import { advance, createScheduler, submit } from "@troupe/orchestration";
import { pipelined } from "./meter.ts";

const chainLength = 1000;
const fanOut = 10_000;
const openPublishes = 256;
/** Each figure is measured so often, beside what it is compared with; the median ratio is printed. */
const rounds = 5;
const subjects = subjectsOf("troupe");
const payload = new Uint8Array(200).fill(97);

interface Compared {
  readonly publish: number;
  readonly ours: number;
  /** What is stored in the end: journal, segments, snapshot. */
  readonly bytes: number;
  /** The records as JSON. */
  readonly writtenBytes: number;
  readonly tasks: number;
}

const server = await startTestServer();
const directory = mkdtempSync(join(tmpdir(), "troupe-bench-"));
const connection = await connect({ url: server.url, name: "bench", log: silentLog });
await ensureStreams(connection, { prefix: "troupe" });
const journal = natsJournal(connection, { prefix: "troupe" });
const transport = natsTransport(connection);
const client = new GoalClient({
  ports: { transport, clock: systemClock, random: systemRandom },
  waitMs: 10_000,
});
const node = await startNode(
  readNodeConfig({ NATS_URL: server.url, TROUPE_DATA: directory, TROUPE_LOG: "error" }),
);

try {
  await run("warm", { tasks: chain(100) });
  const steps: Compared[] = [];
  const fans: Compared[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const publishMs = await perPublish(round);
    const chained = await run(`chain-${round}`, { tasks: chain(chainLength) });
    steps.push({ ...chained, publish: publishMs, ours: chained.ms / chainLength });
    const publishes = await publishRate(round);
    const fanned = await run(`fan-${round}`, {
      tasks: [{ id: "part", type: "pass", copies: fanOut }],
    });
    fans.push({ ...fanned, publish: publishes, ours: fanOut / (fanned.ms / 1000) });
  }
  const step = median(steps);
  print("acknowledged publish, one after the other", `${step.publish.toFixed(3)} ms`);
  print(
    `durable step in a chain of ${chainLength}`,
    `${step.ours.toFixed(3)} ms, ${(step.ours / step.publish).toFixed(2)} publishes (at most 3 wanted)`,
  );
  const fan = median(fans);
  print(`acknowledged publishes, ${openPublishes} open`, `${Math.round(fan.publish)}/s`);
  print(
    `durable tasks, fan-out of ${fanOut}`,
    `${Math.round(fan.ours)}/s, ${(fan.ours / fan.publish).toFixed(2)} of the publishes (at least 0.5 wanted)`,
  );
  print("bytes per task, chain", bytesOf(step));
  print("bytes per task, fan-out", bytesOf(fan));
  blockedCurve();
} finally {
  await node.stop();
  await transport.close();
  await connection.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** One publish that waits for its acknowledgement and expects the one before, milliseconds. */
async function perPublish(round: number): Promise<number> {
  const subject = `journal.bench.chain${round}`;
  let expected = 0;
  const count = 1000;
  const began = systemClock.monotonic();
  for (let index = 0; index < count; index += 1) {
    expected = (await journal.append(subject, payload, { expected })).sequence;
  }
  return (systemClock.monotonic() - began) / count;
}

/** Publishes that are acknowledged, many open at once, per second. */
async function publishRate(round: number): Promise<number> {
  const { perSecond } = await pipelined(fanOut, openPublishes, (index) =>
    journal.append(`journal.bench.fan${round}-${index}`, payload, {}),
  );
  return perSecond;
}

function bytesOf({ bytes, writtenBytes, tasks }: Compared): string {
  return `${Math.round(writtenBytes / tasks)} B of records, ${Math.round(bytes / tasks)} B stored in the end`;
}

function median(measured: readonly Compared[]): Compared {
  const sorted = [...measured].sort((a, b) => a.ours / a.publish - b.ours / b.publish);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError("nothing was measured");
  return middle;
}

function chain(length: number) {
  return Array.from({ length }, (_, index) => ({
    id: `s${index}`,
    type: "pass",
    ...(index === 0 ? {} : { dependsOn: [`s${index - 1}`] }),
  }));
}

/** Runs a flow; time from its plan to its end by the records' own times. */
async function run(id: string, flow: object) {
  const { promise, resolve } = Promise.withResolvers<void>();
  // Not its events: whoever reads those is another process, and pays for it.
  const watching = transport.subscribe(subjects.result(id), () => resolve());
  await client.submit({ id, kind: "flow", ...flow });
  await promise;
  watching.unsubscribe();
  const stored = (
    await Promise.all(
      ["journal", "segment", "snapshot"].map((kind) => journal.read(`${kind}.goal.${id}`)),
    )
  ).flat();
  const history = await client.history(id);
  const [planned, ended] = [
    history.find(({ record }) => record.type === "planned"),
    history.at(-1),
  ];
  if (ended?.record.type !== "finished") throw new Error(`${id}: ${JSON.stringify(ended?.record)}`);
  return {
    ms: ended.at - (planned?.at ?? 0),
    tasks: history.filter(({ record }) => record.type === "task-done").length,
    bytes: stored.reduce((sum, { payload }) => sum + payload.length, 0),
    writtenBytes: history.reduce((sum, { record }) => sum + JSON.stringify(record).length, 0),
  };
}

/** The scheduler's time for 1000 ready tasks beside more and more that wait. */
function blockedCurve(): void {
  const ready = 1000;
  for (const blocked of [0, 0, 1000, 10_000, 100_000]) {
    const tasks = [
      ...Array.from({ length: ready }, (_, index) => ({ id: `r${index}` })),
      { id: "gate", resources: { gate: 1 } },
      ...Array.from({ length: blocked }, (_, index) => ({ id: `b${index}`, dependsOn: ["gate"] })),
    ];
    const state = createScheduler({ capacity: { cpu: 1, gate: 1 }, timeout: 1e9 });
    let commands = submit(state, { id: "g", tasks }, { at: 0 });
    const began = systemClock.monotonic();
    for (let done = 0; done < ready; ) {
      const runs = commands.flatMap((command) =>
        command.type === "start" && command.task !== "gate" ? [command.run] : [],
      );
      done += runs.length;
      const reports = runs.map((run) => ({ type: "finished", run }) as const);
      commands = advance(state, reports, { at: done });
    }
    const micros = ((systemClock.monotonic() - began) * 1000) / ready;
    print(`scheduling one of ${ready} ready tasks, ${blocked} blocked`, `${micros.toFixed(2)} µs`);
  }
}

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(56)} ${figure}\n`);
}
