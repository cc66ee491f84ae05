/** What a task holds until it is released. */
export interface HeldResources {
  release(): void;
  /** Aborted, with the reason, when they are not the task's any more: it must stop. Default: never. */
  readonly lost?: AbortSignal;
}

/** Gives out what a machine, or the cluster, has. */
export interface ResourceDesk {
  /**
   * Waits until all of `resources` is free, and takes it. Rejects when the signal is aborted, and when
   * there is never so much.
   */
  acquire(
    demand: {
      readonly goal: string;
      readonly task: string;
      readonly resources: Readonly<Record<string, number>>;
      /** Among demands of one goal the highest is first. */
      readonly priority: number;
    },
    options: { readonly signal: AbortSignal },
  ): Promise<HeldResources>;
  /**
   * Why tasks that need so much are to be left to other nodes; `undefined` when they are not, also when
   * no node has so much: then `acquire` says so. Default: they never are.
   */
  leaveToOthers?(resources: Readonly<Record<string, number>>): string | undefined;
}

/** What decides a result. */
export interface ResultIdentity {
  readonly type: string;
  readonly version: string;
  readonly input: unknown;
  /** Digests of the files that were read. */
  readonly files: Readonly<Record<string, string>>;
}

/** Results that were found before, on any node. */
export interface ResultDesk {
  /** The result that was kept, else that of `run`, which is kept. */
  getOrRun(
    identity: ResultIdentity,
    run: (signal: AbortSignal) => Promise<unknown>,
    options: { readonly signal: AbortSignal },
  ): Promise<unknown>;
}
