import type { Random } from "@troupe/actor";
import {
  ModelServer,
  RecordingMeter,
  RecordingTracer,
  type Script,
  type ScriptedAnswer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { z } from "zod";
import { modelConfig } from "./config.ts";
import { modelReasoner } from "./model-reasoner.ts";
import { type ReasonerLimits, type ReasonerRequest, reasonerLimitsSchema } from "./reasoner.ts";

/** A virtual clock that tells when somebody begins to wait. */
class WatchedClock extends VirtualClock {
  readonly #watched: { readonly delayMs: number; readonly resolve: () => void }[] = [];

  /** Resolves when a wait of exactly so many milliseconds begins. */
  waited(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#watched.push({ delayMs, resolve }));
  }

  override schedule(delayMs: number, callback: () => void) {
    const cancel = super.schedule(delayMs, callback);
    for (const watched of this.#watched) if (watched.delayMs === delayMs) watched.resolve();
    return cancel;
  }
}

/** Makes waits between repeats 375, 750 and 1500 ms. */
const halfway: Random = { ...seededRandom(1), next: () => 0.5 };

export const providers = ["openai-compatible", "anthropic"] as const;

export const testKey = "sk-very-secret-0123456789";

const shape = z.strictObject({ name: z.string(), count: z.number().int() });
export type Counted = z.output<typeof shape>;

/** A model that says what the script says, and everything to ask it with. */
export async function askingModel(script: Script, env: Readonly<Record<string, string>> = {}) {
  const server = await ModelServer.start(script);
  const clock = new WatchedClock();
  const tracer = new RecordingTracer(clock, seededRandom(2));
  const config = modelConfig({
    TROUPE_MODEL_PROVIDER: "openai-compatible",
    TROUPE_MODEL: "test-model",
    TROUPE_MODEL_URL: server.url,
    TROUPE_MODEL_KEY: testKey,
    ...env,
  });
  if (config === undefined) throw new Error("the test names a model");
  const meter = new RecordingMeter();
  const reasoner = modelReasoner({ config, clock, random: halfway, tracer, meter });
  const abort = new AbortController();
  return {
    server,
    clock,
    tracer,
    meter,
    abort,
    config,
    reasoner,
    /** Asks for a name and a count. */
    propose: (
      request: Partial<ReasonerRequest<Counted>> = {},
      limits: Partial<ReasonerLimits> = {},
    ) =>
      reasoner.propose(
        {
          purpose: "count things",
          instructions: "Count them.",
          data: {},
          schema: shape,
          ...request,
        },
        { signal: abort.signal, limits: reasonerLimitsSchema.parse(limits) },
      ),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A script that goes through its answers by the number of the request, the last one for ever. */
export function inOrder(...answers: readonly ScriptedAnswer[]): Script {
  return (_request, index) => answers[index] ?? answers.at(-1) ?? { text: "" };
}

export const goodAnswer: ScriptedAnswer = { text: '{"name": "apples", "count": 3}' };
