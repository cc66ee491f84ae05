import { inspect } from "node:util";

/** A text that must not be shown. Printing it, in whatever way, prints `***`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for the one place that sends it. */
  reveal(): string {
    return this.#text;
  }

  /** A foreign text, for example an error message of a server, without the secret in it. */
  redact(text: string): string {
    return this.#text === "" ? text : text.replaceAll(this.#text, "***");
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "***";
  }
}
