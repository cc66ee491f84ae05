import { LogUnavailableError } from "../../errors.ts";
import { between, happens, pick } from "../../simulation/chance.ts";
import type {
  SimulatedCourse,
  SimulatedNode,
  SimulatedScenario,
  SimulatedWorld,
} from "../../simulation/world.ts";
import type { DecisionLog } from "../decision-log.ts";
import { journalLog } from "../journal/journal-log.ts";
import { defineRaftGroup } from "../raft/group.ts";
import { raftLog } from "../raft/raft-log.ts";
import { startRaftReplica } from "../raft/replica.ts";
import { Chronicle, type LogInput, type LogOperation } from "./chronicle.ts";
import { RaftWatch } from "./raft-watch.ts";

/** A log as one node has it. */
type OpenLog = (node: SimulatedNode, world: SimulatedWorld, watch: RaftWatch) => DecisionLog;

const nodes = ["a", "b", "c"];
/** When, after the faults, everything that is asked is answered in time. */
const recoveredMs = 4000;
const lastOperations = 6;
const lastOperationMs = 400;
/** How long all is watched when everything has been answered. */
const watchedMs = 1000;
const calmMs = 30_000;

/** Seen from every node: a log whose replicas are on the nodes. */
const openRaftLog: OpenLog = ({ name, life }, _world, watch) => {
  const { system, clock, random, journal } = life;
  const group = defineRaftGroup({
    name: "simulated",
    replicas: nodes.map((node) => ({ name: node, address: `${node}/raft` })),
    limits: { electionMs: 500, heartbeatMs: 100, snapshotEvery: 8, batchEntries: 3, askMs: 2500 },
  });
  startRaftReplica(system, {
    group,
    name,
    journal,
    onStep: (before, after, outputs) => {
      watch.stepped(name, before, after, outputs);
      for (const { to, message } of outputs.messages) {
        if (message.kind === "vote" && message.granted && !message.pre) {
          watch.voted(name, message.term, to);
        }
      }
    },
  });
  return raftLog({ group, system, clock, random });
};

const openJournalLog: OpenLog = ({ life }) => {
  const { journal, clock, random } = life;
  return journalLog({ journal, clock, random, name: "simulated" });
};

/** Faults of nodes and links, for both back ends. */
const faults = {
  partition: { times: 2, forMs: [300, 4000] },
  oneWay: { times: 2, forMs: [300, 4000] },
  links: { times: 8, forMs: [500, 5000], drop: 0.3, duplicate: 0.3, reorder: 0.5, delayMs: 60 },
  pause: { times: 2, forMs: [100, 4000] },
  crash: { times: 4, forMs: [0, 3000] },
  lostAcks: { times: 3, forMs: [500, 3000], lost: 0.4 },
  clocks: { skewMs: 500, drift: 0.01 },
} as const;

/**
 * A decision log under faults, used by three nodes as its users do: the same course and the same
 * invariants for every back end.
 *
 * @param onEnd told of all operations, for checks of one's own
 */
export function logScenario(
  about: Pick<SimulatedScenario, "name" | "description" | "protocol" | "beyond"> & {
    readonly faults: SimulatedScenario["faults"];
    readonly open: OpenLog;
  },
  onEnd: (operations: readonly LogOperation[]) => void = () => {},
): SimulatedScenario {
  const { open, ...rest } = about;
  return {
    ...rest,
    nodes,
    faultyMs: 12_000,
    calmMs,
    actions: 40,
    begin: (world) => new LogCourse(world, open, onEnd),
  };
}

/** Of {@link logScenario}: the log kept by Raft, its replicas' journals losing answers now and then. */
export const raftBackEnd = {
  name: "raft-log",
  description: "a decision log kept by Raft loses and reorders nothing, and goes on after faults",
  protocol: "raft",
  faults,
  open: openRaftLog,
} as const;

/** The log kept in a journal that fails over, and whose compare-and-set lets two win now and then. */
export const journalBackEnd = {
  name: "journal-log",
  description: "a decision log in a journal loses and reorders nothing, and goes on after faults",
  protocol: "journal-log",
  faults: {
    ...faults,
    failOver: { times: 2, forMs: [1000, 5000] },
    twoWinners: { times: 3, forMs: [2000, 5000], accepted: 0.5 },
  },
  open: openJournalLog,
} as const;

/** The same over a journal that breaks its contract. */
export const staleJournalLog = logScenario({
  ...journalBackEnd,
  name: "journal-log-stale-reads",
  description: "a decision log over a journal whose reads lag is not linearizable",
  beyond: "a journal that breaks its contract",
  faults: {
    ...journalBackEnd.faults,
    staleReads: { times: 4, forMs: [4000, 8000], stale: 0.5, lagMs: 3000 },
  },
});

class LogCourse implements SimulatedCourse {
  readonly #world: SimulatedWorld;
  readonly #open: OpenLog;
  readonly #onEnd: (operations: readonly LogOperation[]) => void;
  readonly #chronicle: Chronicle;
  readonly #watch: RaftWatch;
  readonly #logs = new Map<string, DecisionLog>();
  readonly #ids: string[] = [];
  /** Asked when the faults were over, and not answered. */
  readonly #owed = new Set<string>();
  #final: readonly string[] = [];
  /** When the last read was answered, milliseconds of virtual time. */
  #answeredAt = Number.POSITIVE_INFINITY;

  constructor(
    world: SimulatedWorld,
    open: OpenLog,
    onEnd: (operations: readonly LogOperation[]) => void,
  ) {
    this.#world = world;
    this.#open = open;
    this.#onEnd = onEnd;
    this.#chronicle = new Chronicle(world);
    this.#watch = new RaftWatch(world);
  }

  boot(node: SimulatedNode): void {
    const { name, life } = node;
    const log = this.#open(node, this.#world, this.#watch);
    this.#logs.set(name, log);
    log.follow(1, {
      decided: (decision) => this.#chronicle.followed(name, life.number, decision),
      failed: (error) => this.#world.require(false, "following goes on", () => error.message),
    });
  }

  act(): void {
    const { random, up } = this.#world;
    if (up.length === 0) return;
    const node = pick(random, up);
    for (let left = between(random, 1, 3); left > 0; left -= 1) {
      void this.#ask(node, this.#draw(), 4000);
    }
  }

  calm(): void {
    const { clock, nodes: all, random } = this.#world;
    for (let turn = 0; turn < lastOperations; turn += 1) this.#owed.add(`operation ${turn}`);
    this.#owed.add("the last read");
    for (let turn = 0; turn < lastOperations; turn += 1) {
      clock.schedule(recoveredMs + turn * lastOperationMs, () => {
        void this.#ask(pick(random, all), this.#draw(), 5000).then(() => {
          this.#owed.delete(`operation ${turn}`);
          if (this.#owed.size === 1) this.#readLast(pick(random, all));
        });
      });
    }
  }

  /** What the log holds in the end. */
  #readLast(node: SimulatedNode): void {
    void this.#ask(node, { kind: "read" }, 5000).then((output) => {
      if (typeof output !== "object") return;
      this.#final = output;
      this.#owed.delete("the last read");
      this.#answeredAt = this.#world.clock.monotonic();
    });
  }

  isOver(): boolean {
    return this.#owed.size === 0 && this.#world.clock.monotonic() >= this.#answeredAt + watchedMs;
  }

  async end(): Promise<void> {
    const owed = [...this.#owed].join(", ");
    this.#world.require(owed === "", "everything asked after the faults is answered", () => owed);
    if (owed === "") this.#chronicle.end(this.#final);
    this.#onEnd(this.#chronicle.operations);
  }

  #draw(): LogInput {
    const { random } = this.#world;
    if (happens(random, 0.35)) return { kind: "read" };
    if (this.#ids.length > 0 && happens(random, 0.15)) {
      return { kind: "propose", id: pick(random, this.#ids) };
    }
    const id = `d-${this.#ids.length}`;
    this.#ids.push(id);
    return { kind: "propose", id };
  }

  /** Resolves with what came of it, or never. */
  #ask(node: SimulatedNode, input: LogInput, withinMs: number) {
    return new Promise<number | readonly string[]>((resolve) => {
      node.life.process.run(() => {
        const returned = this.#chronicle.call(node.name, input);
        const log = this.#logs.get(node.name);
        const asked =
          input.kind === "read"
            ? log?.read(1, { withinMs }).then((decisions) => decisions.map(({ id }) => id))
            : log
                ?.propose({ said: input.id }, { id: input.id, withinMs })
                .then(({ index }) => index);
        asked?.then(
          (output) => {
            returned(output);
            resolve(output);
          },
          (error) => {
            const isExpected = error instanceof LogUnavailableError;
            this.#world.require(isExpected, "errors are of the kinds named", () => String(error));
          },
        );
      });
    });
  }
}
