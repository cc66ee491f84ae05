import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineActor, defineProtocol, message, query, type Ref } from "./index.ts";

const counter = defineProtocol("counter", {
  increment: message(z.object({ by: z.number() })),
  total: query(z.object({}), z.number()),
});
type CounterRef = Ref<typeof counter.messages>;

test("a reference accepts only what its protocol holds", () => {
  const useOf = (ref: CounterRef) => {
    expectTypeOf(ref.ask("total", {}, { withinMs: 1 })).toEqualTypeOf<Promise<number>>();
    ref.tell("increment", { by: 1 });
    // @ts-expect-error a query is asked, not told
    ref.tell("total", {});
    // @ts-expect-error the body must match
    ref.tell("increment", { by: "one" });
  };
  expectTypeOf(useOf).toBeFunction();
  // @ts-expect-error a handler must answer a query with its reply type
  defineActor(counter, () => ({ increment: () => {}, total: () => "three" }));
  // @ts-expect-error a behaviour must handle the whole protocol
  defineActor(counter, () => ({ total: () => 3 }));
});

test("a reference to a wider protocol serves where a narrower one is wanted", () => {
  const narrow = defineProtocol("narrow", { increment: counter.messages.increment });
  const widen = (ref: CounterRef): Ref<typeof narrow.messages> => ref;
  expectTypeOf(widen).toBeFunction();
});
