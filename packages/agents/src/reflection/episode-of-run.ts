import { finalAction, type Step } from "../react/step.ts";
import type { RunState } from "../trail/run-state.ts";
import type { Episode } from "./memory.ts";

/** Most actions in the words for a way, and most different ones that are counted. */
const wayLimit = 12;
const actionLimit = 32;

/** What a run that has ended is remembered as. Its time is that at work, on whatever nodes. Pure. */
export function episodeOfRun(situation: string, run: RunState): Episode {
  const { steps, spent, end, beganAt, lastAt } = run;
  const ok = end !== undefined && "result" in end;
  const durationMs = Math.max(0, lastAt - beganAt);
  const actions = [...Map.groupBy(steps, ({ action }) => action)]
    .slice(0, actionLimit)
    .map(([action, own]) => ({
      action,
      tries: own.length,
      failed: own.filter((one) => !one.ok).length,
    }));
  return {
    situation,
    tried: [{ method: wayOf(steps), ok, durationMs }],
    ok,
    durationMs,
    run: { steps: steps.length, tokens: spent.tokens, actions },
  };
}

function wayOf(steps: readonly Step[]): string {
  const names = steps.map(({ action }) => action);
  const shown = names.slice(0, wayLimit);
  const rest = names.length > shown.length ? ["…"] : [finalAction];
  return [...shown, ...rest].join(" → ");
}
