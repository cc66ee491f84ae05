import {
  applyTrail,
  deedOf,
  finalAction,
  newRun,
  nextMove,
  type RunState,
  type StoredStep,
} from "@troupe/agents";
import { compared, different, given, type Judgement, type Verdict } from "./judgement.ts";

/** A record of an agent's run, and what was found about it. */
interface TrailReplayStep extends StoredStep, Judgement {}

/** The run of an agent, decided again. */
export interface TrailReplay extends Readonly<Record<Verdict, number>> {
  readonly task: string;
  readonly steps: readonly TrailReplayStep[];
}

/** What a task allows its agent is not in the trail. */
const unlimited = { maxSteps: Number.POSITIVE_INFINITY, maxMs: Number.POSITIVE_INFINITY };

/**
 * Goes through the runs of a goal's agents again, in the order in which they began: what watches over a run decides anew,
 * from the steps before, where it would interrupt it, what it would forbid, and where it would stop it; and whether what
 * was done could be done then. Minds and models are not asked, actions not done: what they said and brought is given.
 * Pure.
 *
 * @param records of one goal, oldest first
 */
export function replayTrails(records: readonly StoredStep[]): readonly TrailReplay[] {
  return [...Map.groupBy(records, ({ task }) => task)].map(([task, own]) => {
    const steps = judged(own);
    const count = (verdict: Verdict) => steps.filter((step) => step.verdict === verdict).length;
    return {
      task,
      steps,
      same: count("same"),
      given: count("given"),
      different: count("different"),
    };
  });
}

function judged(records: readonly StoredStep[]): readonly TrailReplayStep[] {
  // Of an old goal only the last record is kept.
  if (records[0]?.record.type !== "began") {
    return records.map((one) => ({ ...one, ...given("what was before it is not kept") }));
  }
  let state = newRun;
  return records.map((one) => {
    const judgement =
      state.end === undefined ? judge(state, one.record) : different("the run had ended before");
    state = applyTrail(state, one.record, one.at);
    return { ...one, ...judgement };
  });
}

function judge(state: RunState, record: StoredStep["record"]): Judgement {
  const { open } = state;
  const move = nextMove(state, unlimited, 0);
  switch (record.type) {
    case "began":
      return given("what it was asked for, and what it had learned");
    case "resumed":
      return given("another life of it went on");
    case "reserved":
      return given("what a call was to cost at most");
    case "decided": {
      if (open !== undefined) return different(`'${open.action}' was under way`);
      if (move.kind === "intervene") {
        return different(`it would have been interrupted: ${move.intervention.why}`);
      }
      if (move.kind === "stop")
        return different(`it would have been stopped: ${move.stop.message}`);
      const banned = state.interventions.flatMap((one) => one.banned);
      if (banned.includes(deedOf(record))) return different("it had been forbidden to do so");
      return given(`${record.model ?? record.mind ?? "its mind"} decided, and is not asked again`);
    }
    case "observed":
      if (open === undefined) return different("nothing had been decided that could bring it");
      return given(`what '${open.action}' brought`);
    case "intervened": {
      const { type: _type, ...intervention } = record;
      const derived = move.kind === "intervene" ? move.intervention : undefined;
      return compared(intervention, derived, "found from its steps");
    }
    case "finished": {
      if (open?.action !== finalAction) return different("it had not decided to end");
      const { result = null } = (open.input ?? {}) as { readonly result?: unknown };
      return compared(record.result, result, "what it had decided to end with");
    }
    case "stopped": {
      const { code, message } = record;
      if (code !== "agent-stuck") return given(`a limit of its task, or its mind: ${code}`);
      const derived = move.kind === "stop" ? move.stop : undefined;
      return compared({ code, message }, derived, "found from its steps");
    }
  }
}
