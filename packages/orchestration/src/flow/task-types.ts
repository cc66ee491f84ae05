import type { z } from "zod";
import { DuplicateTaskTypeError, type FlowIssue } from "../errors.ts";
import { referencesIn } from "./input.ts";

/** A kind of task that can be asked for. */
export interface TaskType {
  /** Its name in flows, and the capability of agents that do it. */
  readonly type: string;
  /** One sentence for people and models. */
  readonly purpose: string;
  /** What it takes. */
  readonly input: z.ZodType;
}

/** The task types that are known somewhere: those built in, and those that plugins registered. */
export class TaskTypes {
  readonly #types = new Map<string, TaskType>();

  constructor(types: readonly TaskType[] = []) {
    for (const type of types) this.register(type);
  }

  /** @throws DuplicateTaskTypeError when another type has the name */
  register(type: TaskType): void {
    if (this.#types.has(type.type)) throw new DuplicateTaskTypeError(type.type);
    this.#types.set(type.type, type);
  }

  /** By name, in order of registration. */
  get all(): readonly TaskType[] {
    return [...this.#types.values()];
  }

  find(type: string): TaskType | undefined {
    return this.#types.get(type);
  }

  /**
   * What is wrong with asking for a type with an input. An input that refers to results of other
   * tasks is not known before these are done, so only the type is checked then.
   */
  check(type: string, input: unknown): readonly FlowIssue[] {
    const known = this.#types.get(type);
    if (known === undefined) {
      const names = [...this.#types.keys()].map((name) => `'${name}'`).join(", ");
      return [{ path: "type", message: `'${type}' is not a known task type: use one of ${names}` }];
    }
    if (referencesIn(input).length > 0) return [];
    const parsed = known.input.safeParse(input);
    if (parsed.success) return [];
    return parsed.error.issues.map(({ path, message }) => ({
      path: ["input", ...path].join("."),
      message,
    }));
  }
}
