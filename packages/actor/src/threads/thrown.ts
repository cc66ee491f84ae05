import { AskError, type AskStage, ensureError } from "../errors.ts";

/** An error as it crosses between threads: structured clone keeps neither its class nor its fields. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly ask:
    | { readonly stage: AskStage; readonly address: string; readonly type: string }
    | undefined;
}

/** How a piece of work done by the other thread ended. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Thrown };

export function toThrown(thrown: unknown): Thrown {
  const error = ensureError(thrown);
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: typeof code === "string" ? code : undefined,
    ask:
      error instanceof AskError
        ? { stage: error.stage, address: error.address, type: error.type }
        : undefined,
  };
}

/** An error with the same name, message, stack and code; an `AskError` is one again. */
export function fromThrown({ name, message, stack, code, ask }: Thrown): Error {
  if (ask !== undefined) {
    const { stage, address, type } = ask;
    const opening = new AskError(stage, address, type, "").message.length;
    return new AskError(stage, address, type, message.slice(opening));
  }
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
