import { checkLinearizable, HistoryRecorder, type Model, seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { AskError, entityRefs, type Journal } from "../index.ts";
import { counters, TestCluster } from "./cluster.test-data.ts";

const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);

type Call = { readonly kind: "add" | "total"; readonly key: string };

/** A counter: `add` gives the sum after it, `total` the sum. */
const counterModel: Model<number, Call, number> = {
  initial: 0,
  partition: ({ key }) => key,
  isReadOnly: ({ kind }) => kind === "total",
  step: (sum, { kind }, output) => {
    const after = kind === "add" ? sum + 1 : sum;
    return output === undefined || output === after ? [after] : [];
  },
};

/** What nodes can lose: the journal, or being heard. */
class Reach {
  readonly cut = new Set<string>();
  readonly mute = new Set<string>();
  readonly journalOf = (node: string, journal: Journal): Journal => {
    const reached = <R>(work: () => Promise<R>): Promise<R> =>
      this.cut.has(node) ? Promise.reject(new Error("the journal is out of reach")) : work();
    return {
      append: (...append) => reached(() => journal.append(...append)),
      read: (...read) => reached(() => journal.read(...read)),
      last: (...last) => reached(() => journal.last(...last)),
      purge: (...purge) => reached(() => journal.purge(...purge)),
    };
  };
}

/** Clients on every node keep 200 counters busy, while `happens` changes the cluster at given times. */
async function busy(
  seed: number,
  seconds: number,
  happens: (cluster: TestCluster, reach: Reach) => Readonly<Record<number, () => unknown>>,
) {
  const random = seededRandom(seed);
  const reach = new Reach();
  // One to four milliseconds, in the order sent, as between two clients of NATS.
  const arrivals = new Map<string, number>();
  const delays = (from: string, to: string): readonly number[] => {
    if (reach.mute.has(from)) return [];
    const now = cluster.clock.monotonic();
    const link = `${from} ${to}`;
    const arrival = Math.max(now + 1 + Math.floor(random.next() * 4), arrivals.get(link) ?? 0);
    arrivals.set(link, arrival);
    return [arrival - now];
  };
  const cluster: TestCluster = new TestCluster({
    seed,
    links: { delays },
    journalOf: reach.journalOf,
  });
  const definition = counters({ read: "confirmed", residentLimit: 60, passivateAfterMs: 3000 });
  await cluster.three(definition);
  const client = entityRefs(cluster.system("client"), definition, { random });
  await cluster.clock.advance(100);
  const events = happens(cluster, reach);
  const history = new HistoryRecorder<Call, number>();
  const counts = { acknowledged: 0, unknown: 0, refused: 0 };
  const open: Promise<void>[] = [];

  const operate = async (): Promise<void> => {
    // Some keys are far busier than others, so that several clients meet at them.
    const key = keys[Math.floor(random.next() ** 3 * keys.length)] as string;
    const kind = random.next() < 0.6 ? "add" : "total";
    const hosts = [...cluster.hosts.values()];
    const host = hosts[Math.floor(random.next() * (hosts.length + 1))] ?? client;
    const call = history.call(open.length, { kind, key });
    try {
      const sum = await host.ref(key).ask(kind, { by: 1 }, { withinMs: 1500 });
      call.returned(sum);
      if (kind === "add") counts.acknowledged += 1;
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      if (error.stage === "unreachable") {
        call.hadNoEffect();
        counts.refused += 1;
      } else if (kind === "add") counts.unknown += 1;
      else call.hadNoEffect();
    }
  };

  for (let step = 0; step < seconds * 20; step += 1) {
    if (step % 20 === 0) events[step / 20]?.();
    for (let nth = 0; nth < 5; nth += 1) open.push(operate());
    await cluster.clock.advance(50);
  }
  await cluster.clock.advance(5000);
  await Promise.all(open);
  const stored = await Promise.all(keys.map((key) => cluster.stored(key)));
  const verdict = checkLinearizable(counterModel, history.history());
  return { cluster, counts, stored: stored.flat().length, verdict };
}

test.for([1, 2, 3])(
  "while hosts come and go every increment counts once, and each key is linearizable (seed %i)",
  async (seed) => {
    const definition = counters({ read: "confirmed", residentLimit: 60, passivateAfterMs: 3000 });
    const { counts, stored, verdict, cluster } = await busy(seed, 12, (cluster) => {
      const leave = (node: string) => () => {
        cluster.hosts.delete(node);
        void cluster.systems.get(node)?.stop();
      };
      return {
        2: () => cluster.host("d", definition),
        4: leave("b"),
        6: () => cluster.host("e", definition),
        8: leave("a"),
        9: leave("d"),
      };
    });
    expect(verdict.linearizable).toBe(true);
    expect(counts.acknowledged).toBeGreaterThan(500);
    expect(counts).toMatchObject({ unknown: 0, refused: 0 });
    expect(stored).toBe(counts.acknowledged);
    expect(cluster.deadLetters().filter((letter) => !letter.startsWith("late-reply"))).toEqual([]);
  },
);

test.for([4, 5, 6])(
  "when a host is cut off or lost nothing acknowledged is lost or runs twice (seed %i)",
  async (seed) => {
    const { counts, stored, verdict } = await busy(seed, 30, (cluster, reach) => ({
      2: () => cluster.network.isolate("b"),
      14: () => cluster.network.heal(),
      18: () => {
        cluster.network.isolate("c");
        reach.cut.add("c");
      },
    }));
    expect(verdict.linearizable).toBe(true);
    expect(counts.acknowledged).toBeGreaterThan(800);
    expect(counts.unknown).toBeGreaterThan(0);
    expect(stored).toBeGreaterThanOrEqual(counts.acknowledged);
    expect(stored).toBeLessThanOrEqual(counts.acknowledged + counts.unknown);
  },
);

test.for([7, 8, 9])(
  "a host that hears the others and is not heard takes nothing from them for good (seed %i)",
  async (seed) => {
    const { counts, stored, verdict } = await busy(seed, 25, (_, { mute }) => ({
      2: () => mute.add("a"),
      18: () => mute.clear(),
    }));
    expect(verdict.linearizable).toBe(true);
    expect(counts.acknowledged).toBeGreaterThan(600);
    expect(stored).toBeGreaterThanOrEqual(counts.acknowledged);
    expect(stored).toBeLessThanOrEqual(counts.acknowledged + counts.unknown);
  },
);
