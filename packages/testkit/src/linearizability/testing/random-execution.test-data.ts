import { seededRandom } from "../../seeded-random.ts";
import type { Operation } from "../history.ts";
import { HistoryRecorder, type OpenCall } from "../history-recorder.ts";
import type { Subject } from "./reference-objects.test-data.ts";

interface Execution {
  readonly seed: number;
  readonly operations: number;
  readonly processes: number;
  /** How likely it is, at each turn of a call, that its outcome is never heard of. */
  readonly lost: number;
}

/** A history of callers that overlap, each operation taking effect at one moment within its call. */
export function execute<State, Input, Output>(
  { input, open }: Subject<State, Input, Output>,
  { seed, operations, processes, lost }: Execution,
): Operation<Input, Output>[] {
  const random = seededRandom(seed);
  const choose = (count: number): number => Math.floor(random.next() * count);
  const perform = open();
  const recorder = new HistoryRecorder<Input, Output>();
  type Caller = { input: Input; call: OpenCall<Output>; answer?: { output: Output } };
  const callers = new Map<number, Caller>();
  for (let called = 0; called < operations || callers.size > 0; ) {
    const process = choose(processes);
    const caller = callers.get(process);
    if (caller === undefined) {
      if (called === operations) continue;
      called += 1;
      const chosen = input(choose);
      callers.set(process, { input: chosen, call: recorder.call(process, chosen) });
    } else if (random.next() < lost) {
      callers.delete(process);
    } else if (caller.answer === undefined) {
      caller.answer = { output: perform(caller.input) };
    } else {
      caller.call.returned(caller.answer.output);
      callers.delete(process);
    }
  }
  return [...recorder.history()];
}
