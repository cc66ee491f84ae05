import { AskError } from "@troupe/actor";
import { happens, pick } from "../../simulation/chance.ts";
import { type HeldPlay, heldScenario, passingFaults } from "../../simulation/held-scenario.ts";
import type { CallerContext, Holdings } from "../../simulation/holdings.ts";
import type { SimulatedNode, SimulatedScenario, SimulatedWorld } from "../../simulation/world.ts";
import type { ConversationEnvelope, Draft } from "../envelope.ts";
import { conversationHub } from "../hub.ts";
import { LastTalk } from "./last-talk.ts";
import { type Manner, speaker, speakerProtocol, within } from "./participant.ts";
import { TalkBook } from "./talk-book.ts";

const speakers = ["a", "b", "c"];
const hubNode = "h";
const limits = { redeliverMs: 500, redeliveries: 8, window: 2, retainMs: 5000 };
/** How long what was sent in time may be on its way: links are slow, and whoever gets it sleeps. */
const lateMs = 2500;
const lastFromMs = 4000;

/** A hub that dies and is cut off, with participants that do not confirm, or speak in others' names. */
export const conversationScenario: SimulatedScenario = heldScenario(
  {
    name: "conversation",
    description:
      "a hub delivers what was posted to whom it is for, again until confirmed, and nobody speaks for others",
    protocol: "conversation",
    nodes: [hubNode, ...speakers],
    faults: {
      ...passingFaults,
      // Without duplicates, which would count as sent again.
      links: { times: 5, forMs: [500, 3000], drop: 0.3, reorder: 0.5, delayMs: 40 },
      clocks: { skewMs: 200, drift: 0.003 },
    },
    faultyMs: 6000,
    calmMs: 25_000,
    actions: 14,
    lastFromMs,
  },
  (world, holdings) => new ConversationPlay(world, holdings),
);

class ConversationPlay implements HeldPlay {
  readonly #world: SimulatedWorld;
  readonly #holdings: Holdings;
  readonly #book = new TalkBook();
  readonly #manners: ReadonlyMap<string, Manner>;
  #held = 0;

  constructor(world: SimulatedWorld, holdings: Holdings) {
    this.#world = world;
    this.#holdings = holdings;
    const many: readonly Manner[] = ["honest", "honest", "mute", "forging"];
    this.#manners = new Map(speakers.map((name) => [name, pick(world.random, many)]));
    for (const [name, manner] of this.#manners) world.trace.add("manner", name, manner);
  }

  boot({ name, life: { system } }: SimulatedNode): void {
    if (name === hubNode) {
      system.spawn(conversationHub(limits), { name: "hub" });
      return;
    }
    const manner = this.#mannerOf(name);
    const others = speakers.filter((other) => other !== name);
    const got = (message: ConversationEnvelope): void => this.#got(name, message);
    system.spawn(speaker({ name, manner, others, got }), { name: "agent" });
  }

  act(up: readonly SimulatedNode[]): void {
    const { random, nodes } = this.#world;
    const [hub] = nodes;
    const node = pick(random, up);
    if (node.name === hubNode || hub === undefined) return;
    const others = speakers.filter((other) => other !== node.name);
    const draft = this.#book.draw(random, node.name, others, hub.life.clock.now());
    this.#hold(node, 3 * within.withinMs, async (context) => {
      const own = context.ref(speakerProtocol, `${node.name}/agent`);
      const patience = { withinMs: 2 * within.withinMs };
      try {
        if (happens(random, 0.7)) await own.ask("enter", {}, patience);
        await own.ask("say", { drafts: [draft] }, patience);
      } catch (thrown) {
        if (!(thrown instanceof AskError)) throw thrown;
      }
    });
  }

  get last(): readonly (() => void)[] {
    return [
      () => {
        const [, node] = this.#world.nodes;
        if (node === undefined) return;
        const talk = new LastTalk({
          world: this.#world,
          book: this.#book,
          speakers,
          mute: speakers.filter((name) => this.#mannerOf(name) === "mute"),
          limits,
        });
        this.#hold(node, talk.longestMs, (context) => talk.run(context));
      },
    ];
  }

  #mannerOf(name: string): Manner {
    return this.#manners.get(name) ?? "honest";
  }

  #hold(node: SimulatedNode, longestMs: number, begin: (context: CallerContext) => Promise<void>) {
    this.#held += 1;
    this.#holdings.hold(node, `t${this.#held}`, longestMs, begin, () => {});
  }

  #got(participant: string, message: ConversationEnvelope): void {
    const { id, expiresAt, at } = message;
    const draft = this.#book.draftOf(id);
    const require = (holds: boolean, invariant: string): void =>
      this.#world.require(holds, invariant, () => `${participant} got ${JSON.stringify(message)}`);
    require(draft !== undefined && isSame(draft, message), "what is delivered its sender posted");
    const isFor = message.to?.includes(participant) ?? message.from !== participant;
    require(isFor, "a message comes to whom it is for");
    const times = this.#book.got(participant, message, this.#mannerOf(participant) !== "mute");
    require(times <= 1 + limits.redeliveries, "a message is sent as often as is allowed");
    const now = this.#world.nodes.find(({ name }) => name === hubNode)?.life.clock.now() ?? at;
    const isInTime = expiresAt === undefined || now <= expiresAt + lateMs;
    require(isInTime, "what has expired is not sent");
  }
}

function isSame(draft: Draft, { at: _at, ...message }: ConversationEnvelope): boolean {
  const sorted = (value: object): string => JSON.stringify(Object.entries(value).toSorted());
  return sorted(draft) === sorted(message);
}
