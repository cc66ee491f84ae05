/**
 * Decided operations per second of a replica group of four in one process, with Ed25519 signatures, over
 * the network in memory: one operation a batch, and 64.
 *
 *     node --conditions=troupe:source test/bench/byzantine.ts
 *
 * Every replica checks every signature itself, as it would on a machine of its own, and all of them share
 * this process's one thread: four machines would be faster. Promises are kept in the journal in memory.
 */
import { createActorSystem, systemClock, systemRandom } from "@troupe/actor";
import {
  agree,
  defineReplicaGroup,
  ed25519Signatures,
  newKeyPair,
  type Signatures,
  startAgreementClient,
  startReplica,
} from "@troupe/coordination";
import { InMemoryJournal, InMemoryNetwork } from "@troupe/testkit";
import { pipelined, type Rate } from "./meter.ts";

/** What has to be decided with batches of 64 in a second of CPU time. */
const wantedPerSecond = 2000;
const names = ["a", "b", "c", "d"];
const clients = ["k", "l"];

interface Signing {
  signed: number;
  checked: number;
}

function counted(signatures: Signatures, signing: Signing): Signatures {
  return {
    sign: (text) => {
      signing.signed += 1;
      return signatures.sign(text);
    },
    verify: (...all) => {
      signing.checked += 1;
      return signatures.verify(...all);
    },
  };
}

async function measure(batchOperations: number, operations: number): Promise<Rate> {
  const signing: Signing = { signed: 0, checked: 0 };
  const group = defineReplicaGroup<number>({
    name: `batch-${batchOperations}`,
    replicas: names.map((name) => ({ name, address: `${name}/replica` })),
    clients: clients.map((name) => ({ name, address: `${name}/client` })),
    machine: {
      initial: 0,
      apply: (sum, by) => ({ state: sum + Number(by), result: sum + Number(by) }),
    },
    limits: { batchOperations, requestMs: 60_000, viewChangeMostMs: 60_000 },
  });
  const keys = new Map([...names, ...clients].map((name) => [name, newKeyPair()]));
  const publicKeys = Object.fromEntries(
    [...keys].map(([name, { publicKey }]) => [name, publicKey]),
  );
  const signaturesOf = (name: string): Signatures =>
    counted(ed25519Signatures(keys.get(name)?.privateKey ?? "", publicKeys), signing);
  const network = new InMemoryNetwork({ clock: systemClock, random: systemRandom });
  const systemOf = (node: string) =>
    createActorSystem({ node, ports: { transport: network.connect(node) } });
  const systems = names.map((name) => {
    const system = systemOf(name);
    const journal = new InMemoryJournal(systemClock);
    startReplica(system, { group, name, signatures: signaturesOf(name), journal });
    return system;
  });
  const refs = clients.map((name) => {
    const system = systemOf(name);
    systems.push(system);
    return startAgreementClient(system, { group, name, signatures: signaturesOf(name) });
  });
  const decide = async (index: number): Promise<void> => {
    const ref = refs[index % refs.length];
    if (ref !== undefined) await agree(ref, 1, { withinMs: 60_000 });
  };
  await pipelined(Math.ceil(operations / 4), 512, decide);
  Object.assign(signing, { signed: 0, checked: 0 });
  const rate = await pipelined(operations, 512, decide);
  const { perSecond, cpuMicros } = rate;
  await Promise.all(systems.map((system) => system.stop()));
  const each = (count: number): string => (count / operations).toFixed(2).padStart(7);
  console.log(
    `batch ${String(batchOperations).padStart(3)}`,
    `${perSecond.toFixed(0).padStart(7)} decisions/s`,
    `${cpuMicros.toFixed(0).padStart(6)} µs CPU each`,
    `${each(signing.signed)} signatures made,${each(signing.checked)} checked each`,
  );
  return rate;
}

console.log(`4 replicas, 2 clients, 1 process, Ed25519, Node ${process.version}`);
const single = await measure(1, 1000);
const batched = await measure(64, 40_000);
console.log(
  `batching gains ${(batched.perSecond / single.perSecond).toFixed(1)} times,`,
  `in CPU ${(single.cpuMicros / batched.cpuMicros).toFixed(1)} times`,
);
// Judged by CPU time, as the wall clock says more about what else the machine does.
const perCpuSecond = 1e6 / batched.cpuMicros;
if (perCpuSecond < wantedPerSecond) {
  console.error(
    `${perCpuSecond.toFixed(0)} decisions per CPU second: ${wantedPerSecond} are wanted`,
  );
  process.exitCode = 1;
}
process.exit();
