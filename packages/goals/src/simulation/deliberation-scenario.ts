import { newTraceContext, type Random } from "@troupe/actor";
import { analyst, lyingAnalyst, type Perspective, type Proposal } from "@troupe/agents";
import {
  between,
  type CallerContext,
  type HeldPlay,
  type Holdings,
  happens,
  heldScenario,
  passingFaults,
  pick,
  type SimulatedNode,
  type SimulatedScenario,
  type SimulatedWorld,
} from "@troupe/coordination/simulation";
import { z } from "zod";
import { type Agreement, reachAgreement, type Topic } from "../coordinator/agreement.ts";
import { NoAgentsError, NoProposalsError } from "../errors.ts";
import { judgeAgreement } from "./judge-agreement.ts";

const nodes = ["a", "b", "c"];
/** Two analysts on each node: of six, one may lie. */
const analysts = nodes.flatMap((node) => [`${node}/one`, `${node}/two`]);
const capability = "analyse-riddles";
const quorum = 3;
const fields = ["shape", "colour", "size"];
const views = ["broad", "narrow"] as const;
/** What all liars say of everything. */
const lie = "a lie";
/** How long proposals and votes may take together, milliseconds. */
const longestMs = 120_000 + 30_000;
/** When, after the faults, everybody knows everybody again. */
const lastFromMs = 6000;

/** A topic: for each field what an honest analyst finds, from its point of view. */
const subjectSchema = z.object({
  findings: z.record(z.string(), z.record(z.enum(views), z.string())),
});
export type Findings = z.output<typeof subjectSchema>["findings"];

function deliberationScenario(
  about: Pick<SimulatedScenario, "name" | "description" | "beyond">,
  liars: number,
): SimulatedScenario {
  return heldScenario(
    {
      ...about,
      protocol: "deliberation",
      nodes,
      faults: { ...passingFaults, clocks: { skewMs: 200, drift: 0.003 } },
      faultyMs: 6000,
      calmMs: 400_000,
      actions: 5,
      lastFromMs,
    },
    (world, holdings) => new DeliberationPlay(world, holdings, liars),
  );
}

/** Analysts that settle what data is, one of whom lies wherever it can. */
export const deliberation: SimulatedScenario = deliberationScenario(
  {
    name: "deliberation",
    description:
      "of six analysts one may lie: what the others agree on is settled so, and no vote counts but its caster's",
  },
  1,
);

/** Two lie: one more than six analysts do without. */
export const deliberationTwoLiars: SimulatedScenario = deliberationScenario(
  {
    name: "deliberation-two-liars",
    description:
      "two of six analysts lie alike, one more than is tolerated: they keep the others from deciding",
    beyond: "two liars of six",
  },
  2,
);

class DeliberationPlay implements HeldPlay {
  readonly #world: SimulatedWorld;
  readonly #holdings: Holdings;
  readonly #liars: ReadonlySet<string>;
  readonly #isGibberish: boolean;
  #topics = 0;

  constructor(world: SimulatedWorld, holdings: Holdings, liars: number) {
    this.#world = world;
    this.#holdings = holdings;
    const drawn = new Set<string>();
    while (drawn.size < liars) drawn.add(pick(world.random, analysts));
    this.#liars = drawn;
    this.#isGibberish = happens(world.random, 0.3);
    world.trace.add("liars", [...drawn].join(), this.#isGibberish ? "gibberish" : "false");
  }

  boot({ name, life: { system } }: SimulatedNode): void {
    for (const member of analysts.filter((one) => one.startsWith(`${name}/`))) {
      const perspective = seeing(viewOf(member));
      const actor = this.#liars.has(member)
        ? lyingAnalyst(perspective, {
            twist: () => (this.#isGibberish ? { key: lie, value: 7 } : { key: lie, value: lie }),
            inNameOf: analysts.filter((one) => one !== member),
          })
        : analyst(perspective);
      system.spawn(actor, { name: member.split("/")[1] ?? member, capabilities: [capability] });
    }
  }

  act(up: readonly SimulatedNode[]): void {
    this.#hold(pick(this.#world.random, up), false);
  }

  get last(): readonly (() => void)[] {
    return this.#world.nodes.map((node) => () => this.#hold(node, true));
  }

  /** @param owed whether everybody is there and can be reached */
  #hold(node: SimulatedNode, owed: boolean): void {
    const { random } = this.#world;
    this.#topics += 1;
    const name = `t${this.#topics}`;
    const findings = drawFindings(random);
    const topic: Topic = {
      goal: "g",
      name,
      capability,
      quorum,
      subject: { findings },
      readField: (field, value) =>
        fields.includes(field) && typeof value === "string" ? { key: value, value } : undefined,
      fallback: () => undecided,
    };
    const { cluster } = node.life.system;
    let members = 0;
    const begin = async (context: CallerContext): Promise<Agreement | undefined> => {
      try {
        members = cluster.find(capability).length;
        return await reachAgreement(context, cluster, topic, newTraceContext(context.random));
      } catch (thrown) {
        if (thrown instanceof NoAgentsError || thrown instanceof NoProposalsError) return undefined;
        throw thrown;
      }
    };
    this.#holdings.hold(node, name, longestMs, begin, (agreement) => {
      const told = {
        name,
        findings,
        quorum,
        liars: [...this.#liars],
        lie,
        viewOf,
        undecided,
        members,
        isGibberish: this.#isGibberish,
      };
      this.#world.require(
        !owed || agreement !== undefined,
        "without faults there is an agreement",
        () => name,
      );
      if (agreement !== undefined) judgeAgreement(this.#world, { ...told, owed }, agreement);
    });
  }
}

/** What a field is settled to on which no vote decides. */
const undecided = "undecided";

function viewOf(member: string): (typeof views)[number] {
  return member.endsWith("/one") ? "broad" : "narrow";
}

/** Findings of each field: clear to all, or another from each point of view. */
function drawFindings(random: Random): Findings {
  const words = ["red", "green", "blue"];
  return Object.fromEntries(
    fields.map((field) => {
      const broad = between(random, 0, 2);
      const narrow = happens(random, 0.5) ? broad : (broad + 1) % words.length;
      return [field, { broad: words[broad] ?? "", narrow: words[narrow] ?? "" }];
    }),
  );
}

/** An honest analyst: it says what it finds from its point of view, and votes for that. */
function seeing(view: (typeof views)[number]): Perspective {
  return {
    name: view,
    propose: async (subject): Promise<Proposal> => {
      const { findings } = subjectSchema.parse(subject);
      const found = fields.map((field) => {
        const value = findings[field]?.[view] ?? "";
        return [field, { key: value, value }] as const;
      });
      return { fields: Object.fromEntries(found), summary: view };
    },
    judge: async (subject, field, alternatives) => {
      const own = subjectSchema.parse(subject).findings[field]?.[view];
      const choice = alternatives.indexOf(own);
      return { choice: choice < 0 ? undefined : choice, reason: view };
    },
  };
}
