/**
 * A vote among 100 actors on three nodes, each a process of its own, over a real nats-server, against one
 * request and its reply between two of these processes. Both in turns in one run, so that whatever else the
 * machine does is in both.
 *
 *     node --conditions=troupe:source test/bench/vote.ts
 *
 * The electorate is called with the same question each time, everybody votes for one option, and the vote ends
 * as soon as it is decided: by 67 of 100 of the weight.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import {
  type ActorContext,
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  query,
} from "@troupe/actor";
import { holdVote, tellerProtocol, type Voter, voterMessages } from "@troupe/coordination";
import { connect, natsTransport } from "@troupe/nats";
import { startTestServer } from "@troupe/nats/testing";
import { z } from "zod";

/** Most round trips that a vote may take, at the median. */
const bar = 3;
const members = 100;
const rounds = 2000;
const warm = 500;
const nodes = ["n1", "n2", "n3"];

const voterProtocol = defineProtocol("voter", {
  ...voterMessages,
  echo: query(z.object({}), z.null()),
});
const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });

const voter = defineActor(voterProtocol, (context) => ({
  callForBallots: ({ vote: { id, round, digest }, teller }) => {
    const member = context.self.address;
    const ballot = { vote: id, round, digest, member, choice: "integer", reason: "" };
    context.ref(tellerProtocol, teller).tell("ballot", ballot);
  },
  echo: () => null,
}));

async function join(url: string, node: string) {
  const connection = await connect({ url, name: node });
  const system = createActorSystem({ node, ports: { transport: natsTransport(connection) } });
  const at = nodes.indexOf(node);
  for (let voters = at; voters < members; voters += nodes.length) {
    system.spawn(voter, { name: `voter-${voters}` });
  }
  return { connection, system };
}

const [, , urlOfParent] = process.argv;
if (process.send !== undefined && urlOfParent !== undefined) {
  const { connection } = await join(urlOfParent, process.argv[3] ?? "");
  connection.nats.subscribe("bench.echo", { callback: (_, got) => void got.respond(got.data) });
  await connection.nats.flush();
  process.send("ready");
} else {
  await measure();
}

async function measure(): Promise<void> {
  const server = await startTestServer();
  const children: ChildProcess[] = [];
  for (const node of nodes.slice(1)) {
    const child = fork(import.meta.filename, [server.url, node], { execArgv: process.execArgv });
    children.push(child);
    await once(child, "message");
  }
  const { connection, system } = await join(server.url, "n1");
  const contexts: ActorContext<typeof callerProtocol.messages>[] = [];
  const caller = defineActor(callerProtocol, (own) => {
    contexts.push(own);
    return { nothing: () => {} };
  });
  system.spawn(caller);
  const [context] = contexts;
  if (context === undefined) throw new Error("the caller did not start");
  const electorate = Array.from({ length: members }, (_, at): Voter => {
    const address = `${nodes[at % nodes.length]}/voter-${at}`;
    return { member: address, ref: context.ref(voterProtocol, address) };
  });
  const far = context.ref(voterProtocol, "n2/voter-1");
  const question = { question: "type of year", options: ["integer", "date"], deadlineMs: 10_000 };
  const empty = new Uint8Array();
  let failed = 0;
  const kinds = {
    request: () => connection.nats.request("bench.echo", empty, { timeout: 10_000 }),
    ask: () => far.ask("echo", {}, { withinMs: 10_000 }),
    vote: async (round: number) => {
      const { decided } = await holdVote(context, { id: `v${round}`, ...question }, electorate);
      if (decided !== "integer") failed += 1;
    },
  };
  const times = { request: [] as number[], ask: [] as number[], vote: [] as number[] };
  for (let round = 0; round < warm + rounds; round += 1) {
    for (const kind of ["request", "ask", "vote"] as const) {
      const began = process.hrtime.bigint();
      await kinds[kind](round);
      const micros = Number(process.hrtime.bigint() - began) / 1000;
      if (round >= warm) times[kind].push(micros);
      // What is left of the vote, its stragglers, is not the next one's burden.
      await new Promise(setImmediate);
    }
  }
  for (const child of children) child.kill();
  await system.stop();
  await connection.close();
  await server.stop();
  const at = (values: number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
  const line = (what: string, values: number[]): void =>
    console.log(
      `${what.padEnd(44)}${[0.5, 0.9, 0.99].map((share) => at(values, share).toFixed(0).padStart(9)).join("")}`,
    );
  console.log(`${"microseconds".padEnd(44)}      p50      p90      p99`);
  line("one NATS request and its reply", times.request);
  line("one ask of an actor on another node", times.ask);
  line(`a vote of ${members} actors on ${nodes.length} nodes`, times.vote);
  const ratio = at(times.vote, 0.5) / at(times.request, 0.5);
  const over = ratio <= bar ? "within" : "ABOVE";
  console.log(
    `a vote takes ${ratio.toFixed(2)} round trips at the median, ${over} the bar of ${bar}`,
  );
  if (failed > 0) console.log(`${failed} votes did not decide`);
  process.exitCode = ratio <= bar && failed === 0 ? 0 : 1;
}
