import { expect, test } from "vitest";
import { Flights } from "./flights.ts";

/** Runs that end when the test says so. */
function runs() {
  const begun: { signal: AbortSignal; end: PromiseWithResolvers<string> }[] = [];
  const begin = (signal: AbortSignal): Promise<string> => {
    const end = Promise.withResolvers<string>();
    begun.push({ signal, end });
    return end.promise;
  };
  return { begun, begin };
}
const none = { tags: [], at: 0, signal: undefined };

test("concurrent callers of one key share one run, and later ones begin another", async () => {
  const flights = new Flights<string>();
  const { begun, begin } = runs();
  const callers = [flights.join("k", begin, none), flights.join("k", begin, none)];
  void flights.join("other", begin, none);
  expect(begun.length).toBe(2);
  begun[0]?.end.resolve("v");
  expect(await Promise.all(callers)).toEqual(["v", "v"]);
  void flights.join("k", begin, none);
  expect(begun.length).toBe(3);
});

test("a failure goes to all who wait, and the next caller runs anew", async () => {
  const flights = new Flights<string>();
  const { begun, begin } = runs();
  const callers = [flights.join("k", begin, none), flights.join("k", begin, none)];
  begun[0]?.end.reject(new Error("broken"));
  for (const caller of callers) await expect(caller).rejects.toThrow("broken");
  void flights.join("k", begin, none);
  expect(begun.length).toBe(2);
});

test("a caller who leaves does not disturb the others", async () => {
  const flights = new Flights<string>();
  const { begun, begin } = runs();
  const leaver = new AbortController();
  const first = flights.join("k", begin, { tags: [], at: 0, signal: leaver.signal });
  const second = flights.join("k", begin, {
    tags: [],
    at: 0,
    signal: new AbortController().signal,
  });
  const third = flights.join("k", begin, none);
  leaver.abort(new Error("I leave"));
  await expect(first).rejects.toThrow("I leave");
  expect(begun[0]?.signal.aborted).toBe(false);
  begun[0]?.end.resolve("v");
  expect(await second).toBe("v");
  expect(await third).toBe("v");
});

test("when the last caller has left the run is aborted, and nobody joins it any more", async () => {
  const flights = new Flights<string>();
  const { begun, begin } = runs();
  const leavers = [new AbortController(), new AbortController()];
  const left = leavers.map(({ signal }) => flights.join("k", begin, { tags: [], at: 0, signal }));
  for (const leaver of leavers) leaver.abort(new Error("I leave"));
  for (const one of left) await expect(one).rejects.toThrow("I leave");
  expect(begun[0]?.signal.aborted).toBe(true);
  const later = flights.join("k", begin, none);
  begun[0]?.end.reject(new Error("aborted"));
  begun[1]?.end.resolve("v");
  expect(await later).toBe("v");
});

test("a caller who has left before it came begins nothing", async () => {
  const flights = new Flights<string>();
  const { begun, begin } = runs();
  const signal = AbortSignal.abort(new Error("gone"));
  await expect(flights.join("k", begin, { tags: [], at: 0, signal })).rejects.toThrow("gone");
  expect(begun.length).toBe(0);
});
