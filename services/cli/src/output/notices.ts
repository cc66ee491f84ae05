import type { Output } from "../io.ts";
import { writeLines } from "./write.ts";

/** Lines that may come at any moment, also while a part of the terminal is being redrawn. */
export class Notices {
  readonly #out: Output;
  #divert: ((lines: readonly string[]) => void) | undefined;

  constructor(out: Output) {
    this.#out = out;
  }

  say(lines: readonly string[]): void {
    if (this.#divert === undefined) writeLines(this.#out, lines);
    else this.#divert(lines);
  }

  /** Sends lines to `sink` until the returned function is called. */
  divert(sink: (lines: readonly string[]) => void): () => void {
    this.#divert = sink;
    return () => {
      this.#divert = undefined;
    };
  }
}
