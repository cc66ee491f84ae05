import type { SystemEvent } from "../system-api.ts";
import { Envelope } from "./envelope.ts";

/** Most messages kept; the oldest makes room, as an event. */
const quarantineLimit = 1000;

/** A message whose handler failed too often, kept for a look and another try. */
export interface Quarantined {
  readonly id: string;
  /** Address of the actor that it was for. */
  readonly actor: string;
  readonly type: string;
  readonly body: unknown;
  /** Address of who sent it, if an actor did. */
  readonly sender: string | undefined;
  /** How often the handler has failed on it. */
  readonly failures: number;
  /** What the handler failed with last. */
  readonly error: string;
}

/** Poison messages of one node. In memory: what must survive belongs in a journal. */
export class Quarantine {
  readonly #kept = new Map<string, { readonly entry: Quarantined; readonly envelope: Envelope }>();
  readonly #emit: (event: SystemEvent) => void;
  readonly #deliver: (address: string, envelope: Envelope) => void;
  #next = 0;
  /** Number below which nothing is kept any more. Asking the map for its first key would walk over all that is gone. */
  #oldest = 0;

  constructor(
    emit: (event: SystemEvent) => void,
    deliver: (address: string, envelope: Envelope) => void,
  ) {
    this.#emit = emit;
    this.#deliver = deliver;
  }

  add(actor: string, envelope: Envelope, error: Error): void {
    this.#next += 1;
    const id = `q${this.#next}`;
    const { type, body, sender, failures } = envelope;
    const entry = { id, actor, type, body, sender, failures, error: error.message };
    this.#kept.set(id, { entry, envelope });
    this.#emit({ kind: "quarantined", actor, type, failures, error, id });
    while (this.#kept.size > quarantineLimit) {
      this.#oldest += 1;
      this.discard(`q${this.#oldest}`);
    }
  }

  list(): readonly Quarantined[] {
    return [...this.#kept.values()].map(({ entry }) => entry);
  }

  /** Sends the message to its actor again. False when there is no such message. */
  replay(id: string): boolean {
    const kept = this.#kept.get(id);
    if (kept === undefined) return false;
    this.#kept.delete(id);
    const { envelope } = kept;
    const { type, body, sender, trace } = envelope;
    this.#deliver(kept.entry.actor, new Envelope(type, body, sender, trace, undefined));
    return true;
  }

  discard(id: string): boolean {
    return this.#kept.delete(id);
  }
}
