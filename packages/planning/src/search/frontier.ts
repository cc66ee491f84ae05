import type { Choice } from "./node.ts";

/** The nodes with alternatives left, and which of them goes on. */
export interface Frontier {
  push(choice: Choice): void;
  /** The one that goes on. */
  top(): Choice | undefined;
  /** Takes away the one that goes on. */
  pop(): void;
}

/** The latest goes on. */
export class Latest implements Frontier {
  readonly #stack: Choice[] = [];

  push(choice: Choice): void {
    this.#stack.push(choice);
  }

  top(): Choice | undefined {
    return this.#stack.at(-1);
  }

  pop(): void {
    this.#stack.pop();
  }
}

/** The one that lacks the fewest goals goes on, of several the latest. */
export class Nearest implements Frontier {
  readonly #lacking: (choice: Choice) => number;
  readonly #stacks: Choice[][] = [];
  #least = 0;

  /** @param lacking how many goals a choice lacks */
  constructor(lacking: (choice: Choice) => number) {
    this.#lacking = lacking;
  }

  push(choice: Choice): void {
    const count = this.#lacking(choice);
    while (this.#stacks.length <= count) this.#stacks.push([]);
    this.#stacks[count]?.push(choice);
    this.#least = Math.min(this.#least, count);
  }

  top(): Choice | undefined {
    while (this.#least < this.#stacks.length && this.#stacks[this.#least]?.length === 0) {
      this.#least++;
    }
    return this.#stacks[this.#least]?.at(-1);
  }

  pop(): void {
    this.#stacks[this.#least]?.pop();
  }
}
