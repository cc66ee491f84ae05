import { AskError, ensureError } from "../errors.ts";
import type { Definitions, Protocol, QueryDefinition } from "../protocol.ts";
import type { AskOptions, Ref } from "../ref.ts";
import type { Incarnation } from "./incarnation.ts";

/** A reference held in a thread: what is sent through it leaves from the actor's own address. */
export class ThreadRef implements Ref<Definitions> {
  readonly address: string;
  readonly #incarnation: Incarnation;
  readonly #protocol: Protocol;

  constructor(incarnation: Incarnation, protocol: Protocol, address: string) {
    this.address = address;
    this.#incarnation = incarnation;
    this.#protocol = protocol;
  }

  tell(type: string, body: unknown): void {
    const { address } = this;
    const { trace } = this.#incarnation;
    try {
      this.#incarnation.request({ kind: "tell", address, type, body, trace });
    } catch (thrown) {
      this.#incarnation.request({
        kind: "log",
        level: "error",
        message: "a message could not leave its thread",
        fields: { type, receiver: address, error: ensureError(thrown).message },
      });
    }
  }

  async ask(type: string, body: unknown, { withinMs }: AskOptions): Promise<never> {
    const { address } = this;
    const { calls, trace } = this.#incarnation;
    const { name: protocol, spans = "each" } = this.#protocol;
    const answer = await calls.open((call) => {
      try {
        this.#incarnation.request({
          kind: "ask",
          call,
          protocol,
          spans,
          address,
          type,
          body,
          withinMs,
          trace,
        });
      } catch (thrown) {
        throw new AskError("unreachable", address, type, ensureError(thrown).message);
      }
    });
    const { reply } = (this.#protocol.messages[type] as QueryDefinition | undefined) ?? {};
    const checked = reply?.safeParse(answer);
    if (checked?.success === false) {
      const detail = `the answer is malformed: ${checked.error.message}`;
      throw new AskError("reply", address, type, detail);
    }
    return (checked?.data ?? answer) as never;
  }
}
