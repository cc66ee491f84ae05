import { expect, test } from "vitest";
import type { Io } from "./io.ts";
import { Undo } from "./undo.ts";

/** Of the doors, the only one that is used; what is to be done at the second interrupt, last first. */
function secondInterrupt() {
  const acts = new Set<() => void>();
  const onSecondInterrupt: Io["onSecondInterrupt"] = (act) => {
    acts.add(act);
    return () => acts.delete(act);
  };
  const comes = (): void => {
    for (const act of [...acts].toReversed()) act();
  };
  return { io: { onSecondInterrupt } as Io, comes };
}

test("what was begun last is ended first, and a failure does not keep the rest from being ended", async () => {
  const ended: string[] = [];
  const undo = new Undo(secondInterrupt().io);
  undo.push(() => void ended.push("server"));
  undo.push(() => {
    throw new Error("stuck");
  });
  undo.push(async () => void ended.push("nodes"));
  await expect(undo.run()).rejects.toThrow(AggregateError);
  expect(ended).toEqual(["nodes", "server"]);
  await undo.run();
  expect(ended).toHaveLength(2);
});

test("while something takes long to end, a second interrupt still ends it and all that is below it", async () => {
  const ended: string[] = [];
  const { io, comes } = secondInterrupt();
  const undo = new Undo(io);
  undo.push(
    () => void ended.push("server stopped"),
    () => void ended.push("server killed"),
  );
  let leave = (): void => {};
  undo.push(
    () => new Promise<void>((resolve) => (leave = resolve)),
    () => void ended.push("nodes killed"),
  );
  undo.push(
    () => void ended.push("page closed"),
    () => void ended.push("page torn down"),
  );
  const ending = undo.run();
  await Promise.resolve();
  await Promise.resolve();
  comes();
  expect(ended).toEqual(["page closed", "nodes killed", "server killed"]);
  leave();
  await ending;
  comes();
  expect(ended.slice(3)).toEqual(["server stopped"]);
});
