import { WfFormatError } from "../errors.ts";

/** A value in a document, which knows where it stands so that errors can say so. */
export class Place {
  readonly #source: string;
  readonly path: string;
  readonly value: unknown;

  constructor(source: string, path: string, value: unknown) {
    this.#source = source;
    this.path = path;
    this.value = value;
  }

  /** A field of this object; its value is `undefined` when it is missing or null. */
  field(name: string): Place {
    const fields = this.#object();
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const path = this.path === "" ? name : `${this.path}.${name}`;
    return new Place(this.#source, path, value ?? undefined);
  }

  get isMissing(): boolean {
    return this.value === undefined;
  }

  /** The items of this list; none when it is missing. */
  items(): readonly Place[] {
    if (this.isMissing) return [];
    if (!Array.isArray(this.value)) throw this.error(`expected a list, found ${this.#found()}`);
    return this.value.map(
      (item: unknown, index) => new Place(this.#source, `${this.path}[${index}]`, item),
    );
  }

  text(): string {
    if (typeof this.value !== "string" || this.value === "") {
      throw this.error(`expected a text, found ${this.#found()}`);
    }
    return this.value;
  }

  /** A duration. */
  seconds(): number {
    const { value } = this;
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
      throw this.error(`expected seconds, a number from 0, found ${this.#found()}`);
    }
    return value;
  }

  error(detail: string): WfFormatError {
    return new WfFormatError(this.#source, this.path === "" ? "document" : this.path, detail);
  }

  #object(): Record<string, unknown> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.error(`expected an object, found ${this.#found()}`);
    }
    return value as Record<string, unknown>;
  }

  #found(): string {
    if (this.value === undefined) return "nothing";
    if (Array.isArray(this.value)) return "a list";
    if (typeof this.value === "object" && this.value !== null) return "an object";
    const shown = JSON.stringify(this.value);
    return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
  }
}
