import { expect, test } from "vitest";
import { reheardMs, spokenForMs } from "./bounds.ts";
import { Silences } from "./silences.ts";

/** Of a life that began at 0 and heard the node at once. */
function heardSinceBeginning(): Silences {
  const silences = new Silences(0);
  silences.is("heard", 0);
  return silences;
}

test("a life that begins may miss a node until it can have heard of it", () => {
  expect(heardSinceBeginning().absences(60_000)).toEqual([{ from: 0, until: reheardMs }]);
});

test("a node that is not heard is not missed before it may be suspected", () => {
  const silences = heardSinceBeginning();
  silences.is("unheard", 10_000);
  silences.is("heard", 30_000);
  expect(silences.absences(60_000)[1]).toEqual({
    from: 10_000 + spokenForMs,
    until: 30_000 + reheardMs,
  });
});

test("a short silence is no reason to miss a node", () => {
  const silences = heardSinceBeginning();
  silences.is("unheard", 10_000);
  silences.is("heard", 10_000 + spokenForMs - reheardMs - 1);
  expect(silences.absences(60_000)).toHaveLength(1);
});

test("who is gone may be missed at once, also when it was not heard before", () => {
  const silences = heardSinceBeginning();
  silences.is("unheard", 10_000);
  silences.is("gone", 11_000);
  silences.is("heard", 12_000);
  expect(silences.absences(60_000)[1]).toEqual({ from: 11_000, until: 12_000 + reheardMs });
});

test("silences with so little between them that nothing may have been heard are one", () => {
  const silences = heardSinceBeginning();
  silences.is("unheard", 10_000);
  silences.is("heard", 15_000);
  silences.is("unheard", 15_000 + reheardMs);
  silences.is("heard", 20_000);
  expect(silences.absences(60_000)[1]).toEqual({
    from: 10_000 + spokenForMs,
    until: 20_000 + reheardMs,
  });
});

test("a silence that goes on has no end yet", () => {
  const silences = heardSinceBeginning();
  silences.is("unheard", 10_000);
  expect(silences.absences(30_000)[1]?.until).toBe(30_000 + reheardMs);
});
