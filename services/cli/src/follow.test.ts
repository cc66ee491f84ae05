import type { Clock } from "@troupe/actor";
import { type GoalClient, type GoalEvent, NoNodesError } from "@troupe/goals";
import { expect, test } from "vitest";
import { FollowLimitError, GoalStalledError } from "./errors.ts";
import { follow } from "./follow.ts";
import { exampleCourse } from "./output/example-course.ts";

/** Time that stands still until something waits, and then jumps there. */
class JumpingClock implements Clock {
  #now = 0;
  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#now;
  }
  schedule(delayMs: number, callback: () => void): () => void {
    let cancelled = false;
    setImmediate(() => {
      if (cancelled) return;
      this.#now += delayMs;
      callback();
    });
    return () => {
      cancelled = true;
    };
  }
}

/** A deployment that stores `stored` decisions and lets only some of them through as they happen. */
class Deployment implements Pick<GoalClient, "watch" | "history"> {
  stored: readonly GoalEvent[] = [];
  unsubscribed = 0;
  publish: (event: GoalEvent) => void = () => {};

  async watch(_goal: string, observe: (event: GoalEvent) => void) {
    this.publish = observe;
    for (const event of this.stored) observe(event);
    return {
      unsubscribe: () => {
        this.unsubscribed += 1;
      },
    };
  }

  async history(): Promise<readonly GoalEvent[]> {
    return this.stored;
  }
}

const options = { goal: "g", limitMs: 3_600_000, signal: new AbortController().signal };

test("decisions that were lost on the way are caught up, each once and in order", async () => {
  const client = new Deployment();
  client.stored = exampleCourse.slice(0, 2);
  const seen: number[] = [];
  const following = follow({ ...options, client, clock: new JumpingClock() }, (event) => {
    seen.push(event.sequence);
    if (event.sequence === 2) client.stored = exampleCourse;
  });
  await following;
  expect(seen).toEqual(exampleCourse.map(({ sequence }) => sequence));
  expect(client.unsubscribed).toBe(1);
});

test("decisions that were stored at once are told one by one, also when some came before", async () => {
  const client = new Deployment();
  const together = exampleCourse.map((event, index) => ({
    ...event,
    sequence: Math.ceil((index + 1) / 3),
  }));
  client.stored = together.slice(0, 6);
  const seen: string[] = [];
  const following = follow({ ...options, client, clock: new JumpingClock() }, (event) => {
    seen.push(event.record.type);
    if (seen.length === 6) client.stored = together;
  });
  await following;
  expect(seen).toEqual(exampleCourse.map(({ record }) => record.type));
});

test("nodes that do not answer yet are waited for, but not for ever", async () => {
  const client = new Deployment();
  client.stored = exampleCourse;
  let attempts = 0;
  const watch = client.watch.bind(client);
  client.watch = (goal, observe) => {
    attempts += 1;
    return attempts < 4 ? Promise.reject(new NoNodesError("history")) : watch(goal, observe);
  };
  const seen: number[] = [];
  await follow({ ...options, client, clock: new JumpingClock() }, (event) => {
    seen.push(event.sequence);
  });
  expect(seen).toHaveLength(exampleCourse.length);
  client.watch = () => Promise.reject(new NoNodesError("history"));
  const hopeless = follow({ ...options, client, clock: new JumpingClock() }, () => {});
  await expect(hopeless).rejects.toThrow(NoNodesError);
});

test("the last decision ends following at once", async () => {
  const client = new Deployment();
  const last = exampleCourse.at(-1) as GoalEvent;
  const following = follow({ ...options, client, clock: new JumpingClock() }, () => {});
  await Promise.resolve();
  client.publish(last);
  await following;
  expect(client.unsubscribed).toBe(1);
});

test("when nothing is heard of the goal for too long, following ends with an error that says so", async () => {
  const client = new Deployment();
  const following = follow({ ...options, client, clock: new JumpingClock() }, () => {});
  await expect(following).rejects.toThrow(GoalStalledError);
  expect(client.unsubscribed).toBe(1);
});

test("a goal that is answered for but does not end is left at the limit", async () => {
  const client = new Deployment();
  client.stored = exampleCourse.slice(0, 3);
  const following = follow(
    { ...options, client, clock: new JumpingClock(), limitMs: 60_000 },
    () => {},
  );
  await expect(following).rejects.toThrow(FollowLimitError);
});

test("a goal of which only the expiry is left has ended", async () => {
  const client = new Deployment();
  const ended = { outcome: "failed", sequence: 7, acceptedAt: 0, endedAt: 9 } as const;
  const record = { type: "expired", kind: "clean", ...ended } as const;
  client.stored = [{ sequence: 40, at: 10, record }];
  const seen: string[] = [];
  await follow({ ...options, client, clock: new JumpingClock() }, (event) =>
    seen.push(event.record.type),
  );
  expect(seen).toEqual(["expired"]);
});
