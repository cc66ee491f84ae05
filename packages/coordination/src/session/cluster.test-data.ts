import {
  type Actor,
  type ActorContext,
  type ActorSystem,
  type Clock,
  createActorSystem,
  type Definitions,
  defineActor,
  defineProtocol,
  type Meter,
  message,
  type Protocol,
  type Random,
  silentLog,
  type Tracer,
  type Transport,
} from "@troupe/actor";
import { z } from "zod";
import type { Addressee } from "./conduct.ts";
import type { Course } from "./course.ts";

const callerProtocol = defineProtocol("caller", { nothing: message(z.object({})) });
export type CallerContext = ActorContext<typeof callerProtocol.messages>;

/** What a cluster of a test stands on: simulated ports. */
export interface Ground {
  readonly clock: Clock;
  readonly random: Random;
  readonly tracer: Tracer;
  readonly meter?: Meter;
  readonly network: { connect(node: string): Transport };
}

/** Systems that are made when they are asked for, each on a node of its own. */
export class TestCluster {
  readonly #ground: Ground;
  readonly #systems = new Map<string, ActorSystem>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  system(node: string): ActorSystem {
    const existing = this.#systems.get(node);
    if (existing !== undefined) return existing;
    const { network, ...ports } = this.#ground;
    const system = createActorSystem({
      node,
      ports: { ...ports, transport: network.connect(node), log: silentLog },
    });
    this.#systems.set(node, system);
    return system;
  }

  /** An actor on node `home`, in whose name something is held. */
  caller(): CallerContext {
    const contexts: CallerContext[] = [];
    const actor = defineActor(callerProtocol, (context) => {
      contexts.push(context);
      return { nothing: () => {} };
    });
    this.system("home").spawn(actor, { name: "caller" });
    const [context] = contexts;
    if (context === undefined) throw new Error("the calling actor did not start");
    return context;
  }

  /** Spawns each actor on a node of its own, `n1`, `n2` and so on, which is also its name as a party. */
  invite<Messages extends Definitions>(
    context: CallerContext,
    protocol: Protocol<Messages>,
    actors: readonly Actor<Messages>[],
  ): readonly Addressee<Messages>[] {
    return actors.map((actor, index) => {
      const node = `n${index + 1}`;
      const { address } = this.system(node).spawn(actor, { name: "party" });
      return { member: node, ref: context.ref(protocol, address) };
    });
  }
}

/** A network that loses three in ten messages, delivers some twice, and delays all, so that they overtake each other. */
export function faulty(
  network: Ground["network"],
  clock: Clock,
  random: Random,
): Ground["network"] {
  return {
    connect: (node) => {
      const transport = network.connect(node);
      return {
        ...transport,
        publish: (...all) => {
          const copies = random.next() < 0.3 ? 0 : random.next() < 0.2 ? 2 : 1;
          for (let copy = 0; copy < copies; copy++) {
            clock.schedule(Math.floor(random.next() * 150), () => transport.publish(...all));
          }
        },
      };
    },
  };
}

/**
 * Plays a course to its end without messages: each party answers every question at once, in the order in which it was
 * asked, or is silent.
 *
 * @returns the outcome, and how many steps it took
 */
export function play<State, Question, Answer, Outcome>(
  course: Course<State, Question, Answer, Outcome>,
  answer: (party: string, question: Question, step: number) => Answer | undefined,
): { readonly outcome: Outcome; readonly steps: number } {
  let state = course.start;
  for (let step = 1; step <= 100_000; step++) {
    const outcome = course.outcome(state);
    if (outcome !== undefined) return { outcome, steps: step - 1 };
    const answers = new Map<string, Answer>();
    const questions = course.questions(state);
    if (questions.size === 0) throw new Error("nobody is asked, and there is no outcome");
    for (const [party, question] of questions) {
      const said = answer(party, question, step);
      if (said === undefined || !course.fits(state, party, said)) continue;
      answers.set(party, said);
      if (course.decided?.(answers) === true) break;
    }
    state = course.settle(state, answers);
  }
  throw new Error("the course does not end");
}
