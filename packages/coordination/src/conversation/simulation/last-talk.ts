import type { CallerContext } from "../../simulation/holdings.ts";
import type { SimulatedWorld } from "../../simulation/world.ts";
import type { Draft } from "../envelope.ts";
import type { HubLimits } from "../hub-state.ts";
import { hubProtocol } from "../protocol.ts";
import { hubAddress, speakerProtocol, within } from "./participant.ts";
import type { TalkBook } from "./talk-book.ts";

/** How long deliveries and confirmations take without faults, at most. */
const calmMs = 400;

interface LastTalkOptions {
  readonly world: SimulatedWorld;
  readonly book: TalkBook;
  readonly speakers: readonly string[];
  /** Who confirms nothing. */
  readonly mute: readonly string[];
  readonly limits: Pick<HubLimits, "redeliverMs" | "redeliveries" | "window" | "retainMs">;
}

/** What is said when there are no faults any more, and has to come as it should. */
export class LastTalk {
  readonly #options: LastTalkOptions;

  constructor(options: LastTalkOptions) {
    this.#options = options;
  }

  /** How long it takes, most of it waiting. */
  get longestMs(): number {
    const { retainMs, redeliverMs, redeliveries } = this.#options.limits;
    return 12 * within.withinMs + 3 * calmMs + 2 * retainMs + redeliverMs * (redeliveries + 3);
  }

  async run(context: CallerContext): Promise<void> {
    const { speakers, limits } = this.#options;
    for (const name of speakers) {
      const entered = await this.#speaker(context, name).ask("enter", {}, within);
      this.#require(entered.done, "whoever is gone may come back under its name", entered);
    }
    await this.#chain(context);
    await this.#repeat(context);
    await this.#burst(context);
    await this.#leave(context);
    await this.#wait(context, limits.retainMs + 2 * limits.redeliverMs);
    const { messages } = await this.#thread(context, "chain");
    this.#require(messages.length === 0, "what is old is forgotten", messages);
  }

  /** Each says something because of what the one before said. */
  async #chain(context: CallerContext): Promise<void> {
    const { speakers, mute, book } = this.#options;
    const ids: string[] = [];
    for (const from of speakers) {
      const draft = this.#draft(`chain-${from}`, from, { causedBy: ids.slice(-1) });
      ids.push(draft.id);
      const [told] = await this.#speaker(context, from).ask("say", { drafts: [draft] }, within);
      this.#require(told?.done === true, "what is posted is taken", told);
    }
    await this.#wait(context, calmMs);
    const [first = "", ...caused] = ids;
    const { states } = await this.#hub(context).ask("deliveries", { id: first }, within);
    for (const name of speakers.slice(1)) {
      const isConfirmed = states[name] === "confirmed";
      // What somebody mute got during the faults takes all of its window until it was sent again often enough.
      const mayWait = mute.includes(name) && states[name] === "waiting";
      const hasCome = book.hasGot(name, first) || mayWait;
      this.#require(hasCome, "without faults what is posted comes", { name, states });
      const isRight = isConfirmed === book.hasConfirmed(name, first);
      this.#require(isRight, "confirmed is what the receiver confirmed", { name, states });
      this.#require(isConfirmed || mute.includes(name), "who confirms is heard", { name, states });
    }
    const { messages } = await this.#thread(context, "chain");
    const said = messages.map(({ id }) => id);
    this.#require(said.join() === ids.join(), "a thread has each message once, in order", said);
    const of = { kind: "message" as const, id: first };
    const lineage = await this.#hub(context).ask("lineage", { of, direction: "forth" }, within);
    const forth = lineage.nodes.flatMap(({ kind, id }) => (kind === "message" ? [id] : []));
    this.#require(forth.join() === caused.join(), "lineage has what came from a message", forth);
  }

  /** The same again changes nothing; something else under the same name is refused. */
  async #repeat(context: CallerContext): Promise<void> {
    const [from = ""] = this.#options.speakers;
    const speaker = this.#speaker(context, from);
    const draft = this.#draft("again", from);
    const other: Draft = { ...draft, priority: 9 };
    const told = await speaker.ask("say", { drafts: [draft, draft, other] }, within);
    const [, again, taken] = told;
    this.#require(again?.done === true, "a repeated post is taken for the first", told);
    this.#require(taken?.refusal === "id-taken", "an id stands for one message", told);
    const { messages } = await this.#thread(context, "again");
    this.#require(messages.length === 1, "a repeated post is in the thread once", messages);
  }

  /** More than goes out at once: the rest goes by priority. */
  async #burst(context: CallerContext): Promise<void> {
    const { speakers, mute, book, limits } = this.#options;
    const [from = "", to = ""] = speakers;
    if (mute.includes(to)) return;
    const priorities = [1, 2, 3, 8, 5, 9];
    const drafts = priorities.map((priority, at) =>
      this.#draft(`burst-${at}`, from, { to: [to], priority }),
    );
    await this.#speaker(context, from).ask("say", { drafts }, within);
    await this.#wait(context, calmMs);
    const came = book.inbox(to).filter((id) => id.startsWith("burst-"));
    // Older messages may be under way to the receiver, and have a part of its window.
    const isUrgentFirst = Array.from({ length: limits.window + 1 }, (_, first) => {
      const rest = drafts.slice(first).toSorted((a, b) => b.priority - a.priority);
      return [...drafts.slice(0, first), ...rest].map(({ id }) => id).join();
    }).includes(came.join());
    this.#require(isUrgentFirst, "what is urgent goes first", came);
  }

  /** Who has left is not there any more. */
  async #leave(context: CallerContext): Promise<void> {
    const [from = "", , gone = ""] = this.#options.speakers;
    await this.#speaker(context, gone).ask("leave", {}, within);
    await this.#wait(context, calmMs);
    const there = await this.#hub(context).ask("participants", {}, within);
    const isGone = there.every(({ name }) => name !== gone);
    this.#require(isGone, "who leaves is not there any more", there);
    const draft = this.#draft("gone", from, { to: [gone] });
    const [told] = await this.#speaker(context, from).ask("say", { drafts: [draft] }, within);
    this.#require(told?.refusal === "no-receiver", "nothing is taken for who is not there", told);
  }

  #draft(id: string, from: string, more: Partial<Draft> = {}): Draft {
    const conversation = id.split("-")[0] ?? id;
    const base = { id, conversation, from, causedBy: [], uses: [], produces: [], priority: 4 };
    const draft = { ...base, type: "DATA_REQUEST", body: { dataset: id }, ...more } as Draft;
    return this.#options.book.note(draft);
  }

  #require(holds: boolean, invariant: string, what: unknown): void {
    this.#options.world.require(holds, invariant, () => JSON.stringify(what));
  }

  #wait({ clock }: CallerContext, ms: number): Promise<void> {
    return new Promise((resolve) => {
      clock.schedule(ms, resolve);
    });
  }

  #hub(context: CallerContext) {
    return context.ref(hubProtocol, hubAddress);
  }

  #speaker(context: CallerContext, name: string) {
    return context.ref(speakerProtocol, `${name}/agent`);
  }

  #thread(context: CallerContext, conversation: string) {
    return this.#hub(context).ask("thread", { conversation }, within);
  }
}
