import type { Random } from "@troupe/actor";
import { between, happens, pick } from "../../simulation/chance.ts";
import type { ConversationEnvelope, Draft } from "../envelope.ts";

/** What was posted by whom, and what came to whom: for whoever judges a hub, which sees less. */
export class TalkBook {
  readonly #drafts = new Map<string, Draft>();
  /** By participant: what it got, and whether it confirmed that. */
  readonly #got = new Map<string, Map<string, boolean>>();
  /** By participant and message: how often it came. */
  readonly #times = new Map<string, number>();
  #posts = 0;

  /** A message unlike any other, caused by some that its sender has got. */
  draw(random: Random, from: string, others: readonly string[], now: number): Draft {
    this.#posts += 1;
    const known = [...(this.#got.get(from)?.keys() ?? [])];
    const causedBy = known.length > 0 && happens(random, 0.6) ? [pick(random, known)] : [];
    const to = others.filter(() => happens(random, 0.5));
    const id = `m${this.#posts}`;
    const draft: Draft = {
      id,
      conversation: `c${between(random, 1, 2)}`,
      from,
      ...(to.length === 0 ? {} : { to }),
      causedBy,
      uses: [],
      produces: [`d-${id}`],
      priority: between(random, 0, 9),
      ...(happens(random, 0.3) ? { expiresAt: now + between(random, 200, 2000) } : {}),
      type: "DATA_REQUEST",
      body: { dataset: id },
    };
    return this.note(draft);
  }

  /** A message has come to a participant. Returns how often it has by now. */
  got(participant: string, { id }: ConversationEnvelope, confirms: boolean): number {
    const mine = this.#got.get(participant) ?? new Map<string, boolean>();
    this.#got.set(participant, mine.set(id, confirms));
    const times = (this.#times.get(`${participant} ${id}`) ?? 0) + 1;
    this.#times.set(`${participant} ${id}`, times);
    return times;
  }

  /** What a participant got, in the order in which it first came. */
  inbox(participant: string): readonly string[] {
    return [...(this.#got.get(participant)?.keys() ?? [])];
  }

  /** Takes down what is going to be posted. */
  note(draft: Draft): Draft {
    this.#drafts.set(draft.id, draft);
    return draft;
  }

  draftOf(id: string): Draft | undefined {
    return this.#drafts.get(id);
  }

  hasGot(participant: string, id: string): boolean {
    return this.#got.get(participant)?.has(id) ?? false;
  }

  hasConfirmed(participant: string, id: string): boolean {
    return this.#got.get(participant)?.get(id) ?? false;
  }
}
