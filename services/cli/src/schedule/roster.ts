interface Runner {
  /** Under way first, then the one that waits behind it. */
  readonly runs: number[];
  /** The run under way is about to end: another may wait behind it. */
  isEnding: boolean;
}

/**
 * Which runners are there, and which runs they have: one each, and one more behind a run that is about to
 * end, so that the next is there when it has ended.
 */
export class Roster {
  readonly #runners: Map<string, Runner>;
  readonly #runnerOf = new Map<number, string>();
  readonly #idle: Set<string>;
  /** Those that can take a run behind the one that is about to end, in the order noticed. */
  readonly #ending = new Set<string>();
  #endings = 0;

  /** @param runners addresses */
  constructor(runners: readonly string[]) {
    this.#runners = new Map(runners.map((runner) => [runner, { runs: [], isEnding: false }]));
    this.#idle = new Set(runners);
  }

  get runners(): number {
    return this.#runners.size;
  }

  /** How many runs there is room for, those under way and those that wait included. */
  get room(): number {
    return this.#runners.size + this.#endings;
  }

  /** Gives a run to a runner that has room; `undefined` when none has. */
  take(run: number): { readonly runner: string; readonly waits: boolean } | undefined {
    const [idle] = this.#idle;
    const name = idle ?? [...this.#ending][0];
    const runner = name === undefined ? undefined : this.#runners.get(name);
    if (name === undefined || runner === undefined) return undefined;
    this.#idle.delete(name);
    this.#ending.delete(name);
    runner.runs.push(run);
    this.#runnerOf.set(run, name);
    return { runner: name, waits: idle === undefined };
  }

  /** The run under way is about to end: there is room behind it. */
  endsSoon(run: number): void {
    const name = this.#runnerOf.get(run);
    const runner = name === undefined ? undefined : this.#runners.get(name);
    if (name === undefined || runner?.runs[0] !== run || runner.isEnding) return;
    runner.isEnding = true;
    this.#endings += 1;
    this.#ending.add(name);
  }

  /**
   * A run has ended.
   *
   * @returns the run that its runner has begun instead, if any; `false` when nobody has the run (any more)
   */
  release(run: number): number | undefined | false {
    const name = this.#runnerOf.get(run);
    const runner = name === undefined ? undefined : this.#runners.get(name);
    if (name === undefined || runner === undefined) return false;
    this.#runnerOf.delete(run);
    runner.runs.splice(runner.runs.indexOf(run), 1);
    this.#endedSoon(name, runner);
    if (runner.runs.length === 0) this.#idle.add(name);
    return runner.runs[0];
  }

  /** Who has a run. */
  runnerOf(run: number): string | undefined {
    return this.#runnerOf.get(run);
  }

  /** A runner is gone. Returns the runs that it had. */
  remove(name: string): readonly number[] {
    const runner = this.#runners.get(name);
    if (runner === undefined) return [];
    this.#endedSoon(name, runner);
    this.#idle.delete(name);
    this.#runners.delete(name);
    for (const run of runner.runs) this.#runnerOf.delete(run);
    return runner.runs;
  }

  #endedSoon(name: string, runner: Runner): void {
    if (!runner.isEnding) return;
    runner.isEnding = false;
    this.#endings -= 1;
    this.#ending.delete(name);
  }
}
