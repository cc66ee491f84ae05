import type { History } from "./history.ts";

/** A call in progress: end it once, or leave it open when its outcome stays unknown. */
export interface OpenCall<Output> {
  returned(output?: Output): void;
  /** It is known to have had no effect, so it belongs in no order. */
  hadNoEffect(): void;
}

interface Recorded<Input, Output> {
  readonly process: string | number;
  readonly call: number;
  readonly input: Input;
  return?: number;
  output?: Output | undefined;
}

/** Writes down who called what and what came of it, in the order in which it is told. */
export class HistoryRecorder<Input, Output> {
  readonly #operations = new Set<Recorded<Input, Output>>();
  #events = 0;

  /** Notes a call; to be told before the operation can have an effect. */
  call(process: string | number, input: Input): OpenCall<Output> {
    const operation: Recorded<Input, Output> = { process, call: this.#events++, input };
    const endOnce = (): void => {
      if (operation.return !== undefined || !this.#operations.has(operation)) {
        throw new Error(`the call ${operation.call} of process ${process} has ended before`);
      }
    };
    this.#operations.add(operation);
    return {
      returned: (output) => {
        endOnce();
        operation.return = this.#events++;
        operation.output = output;
      },
      hadNoEffect: () => {
        endOnce();
        this.#operations.delete(operation);
      },
    };
  }

  /**
   * Runs an operation and notes it. When it rejects its outcome counts as unknown.
   *
   * @throws what `operation` rejects with
   */
  async run(
    process: string | number,
    input: Input,
    operation: () => Promise<Output>,
  ): Promise<Output> {
    const open = this.call(process, input);
    const output = await operation();
    open.returned(output);
    return output;
  }

  /** Everything told so far. */
  history(): History<Input, Output> {
    return [...this.#operations].map((operation) => ({ ...operation }));
  }
}
