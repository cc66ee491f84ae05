import type { ActorContext, Definitions } from "@troupe/actor";

const durationOptions = {
  description:
    "How long votes, auctions, negotiations, jobs and agreements took, and how they ended",
  unit: "s",
};
const noticeOptions = {
  description: "What replicas of groups noticed, decisions among it, each by its replica",
};

/** How something that is held came out: `interrupted` when its actor stopped first. */
type Result = "success" | "failure" | "interrupted";
type Measuring<D extends Definitions> = Pick<ActorContext<D>, "clock" | "meter">;

/** Begins to measure something of a kind; call what it returns when that has ended. */
export function timed<D extends Definitions>(
  { clock, meter }: Measuring<D>,
  kind: string,
): (result: Result) => void {
  const began = clock.monotonic();
  return (result) =>
    meter
      .histogram("troupe.coordination.duration", durationOptions)
      .record((clock.monotonic() - began) / 1000, {
        "troupe.coordination.kind": kind,
        "troupe.coordination.result": result,
      });
}

/** Counts what replicas of a kind of group notice, by what it is. */
export function noticed<D extends Definitions>(
  { meter }: Measuring<D>,
  kind: string,
): (notice: string, times?: number) => void {
  const counter = meter.counter("troupe.coordination.notices", noticeOptions);
  return (notice, times = 1) =>
    counter.add(times, {
      "troupe.coordination.kind": kind,
      "troupe.coordination.notice": notice,
    });
}
