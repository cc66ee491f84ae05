import { signal } from "@preact/signals";
import type { News } from "../src/http/schemas.ts";

/** Grows whenever something changes. */
export const revision = signal(0);
/** Whether news come now. */
export const connected = signal(false);
/** The time, once a second: what is shown as "ago" moves on. */
export const now = signal(Date.now());
/** Ids of goals that changed a moment ago. */
export const changedGoals = signal<ReadonlySet<string>>(new Set());

/** Goals that one message names at most: then any other may have changed too. */
const namedAtMost = 200;
let isFirst = true;

/** Whether the latest news may be about a goal. The first after a connection may be about any. */
export function concerns(goal: string): boolean {
  const { value } = changedGoals;
  return isFirst || value.size >= namedAtMost || value.has(goal);
}

let stream: EventSource | undefined;

/** Listens to the console from now on; the browser itself connects again. */
export function listen(): void {
  stream?.close();
  stream = new EventSource("/api/events");
  let opened = false;
  stream.addEventListener("open", () => {
    opened = true;
    connected.value = true;
  });
  stream.addEventListener("error", () => {
    connected.value = false;
  });
  stream.addEventListener("news", ({ data }: MessageEvent<string>) => {
    const news = JSON.parse(data) as News;
    isFirst = opened;
    opened = false;
    changedGoals.value = new Set(news.goals);
    // Counted here: a console that was started anew counts from the beginning.
    revision.value += 1;
  });
}

setInterval(() => {
  now.value = Date.now();
}, 1000);
