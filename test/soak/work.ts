import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pause, systemClock, TroupeError } from "@troupe/actor";
import { type GoalClient, hasEnded } from "@troupe/goals";

/** Time from one goal to the next, milliseconds. */
const paceMs = 1000;
/** Most goals that may be open; more are not published until some have ended. */
const openLimit = 12;
/** Time between two looks at what has ended, milliseconds. */
const lookMs = 2000;
/** Datasets that are published again and again. */
const datasets = 5;
/** Rows of each source. */
const rows = 300;
/** How long a goal that is cancelled would take, milliseconds. */
const longMs = 60_000;

/** The same goals over and over, at a steady pace: cleaned files, flows, cancelled ones, failing ones, and refusals. */
export class SteadyWork {
  readonly #client: GoalClient;
  readonly #sources: readonly string[];
  readonly #open = new Set<string>();
  /** What ended how often, by phase. */
  readonly ended = new Map<string, number>();
  published = 0;
  refused = 0;
  #last = 0;

  /** @param folder that goals may read; the sources are written there */
  constructor(client: GoalClient, folder: string) {
    this.#client = client;
    this.#sources = Array.from({ length: datasets }, (_, index) => {
      const path = join(folder, `source-${index}.csv`);
      writeFileSync(path, table(index));
      return path;
    });
  }

  get endedInAll(): number {
    return [...this.ended.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Goals that were published and have not ended. */
  get open(): readonly string[] {
    return [...this.#open];
  }

  /** Publishes until `enough`. */
  async publish(enough: AbortSignal): Promise<void> {
    for (let number = 0; !enough.aborted; number += 1) {
      await pause(systemClock, paceMs, enough);
      if (this.#open.size < openLimit && !enough.aborted) await this.#one(number);
    }
  }

  /** Looks at what has ended until `over`. */
  async follow(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await pause(systemClock, lookMs, over);
      await this.#passing(async () => {
        const page = await this.#client.listPage({ changedAfter: this.#last });
        this.#last = page.last;
        for (const goal of page.goals) {
          const { id, phase } = goal;
          if (!hasEnded(goal) || !this.#open.delete(id)) continue;
          this.ended.set(phase, (this.ended.get(phase) ?? 0) + 1);
        }
      });
    }
  }

  async #one(number: number): Promise<void> {
    const id = `soak-${number}`;
    const goal = this.#goal(number, id);
    if (!isRefused(number)) this.#open.add(id);
    for (let kept = false; !kept; ) {
      // Without a receipt it is published again, under the same id: it may be stored or not.
      kept = await this.#passing(async () => {
        await this.#client.submit(goal);
        this.published += 1;
      });
    }
    if (number % 10 === 6)
      await this.#passing(() => this.#client.cancel(id, "as part of the soak"));
  }

  /** Does it: resolves with whether it is settled, and not to be tried again when the nodes or the server are back. */
  async #passing(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof TroupeError)) throw thrown;
      if (!thrown.retryable) this.refused += 1;
      return !thrown.retryable;
    }
  }

  #goal(number: number, id: string): Record<string, unknown> {
    const source = this.#sources[number % datasets] ?? "";
    switch (number % 10) {
      case 0:
      case 5:
        return { id, kind: "clean", source, output: `soaked-${number % datasets}` };
      case 3:
        return { id, kind: "clean", source: `${source}.absent`, output: "absent" };
      case 6:
        return { id, kind: "flow", tasks: [{ id: "long", type: "wait", input: { ms: longMs } }] };
      case 9:
        return { id, kind: "flow", tasks: [{ id: "nobody", type: "knows-this" }] };
      default:
        return { id, kind: "flow", tasks: fan };
    }
  }
}

const fan = [
  { id: "part", type: "wait", copies: 8, input: { ms: 20 } },
  { id: "join", type: "pass", input: { parts: { $from: "part" } }, dependsOn: ["part"] },
];

/** Whether a goal with this number is malformed. */
function isRefused(number: number): boolean {
  return number % 10 === 9;
}

function table(seed: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const day = new Date(Date.UTC(2015, 0, 1 + row)).toISOString().slice(0, 10);
    const amount = row % 50 === seed ? "n/a" : `${(row * 7) % 100}.5`;
    return `${row + 1},${day},name-${(row * 13) % 97},${amount}\n`;
  });
  return `id,seen,name,amount\n${lines.join("")}${lines[seed] ?? ""}`;
}
