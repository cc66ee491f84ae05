import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Linked, Mailbox } from "./mailbox.ts";

interface Numbered extends Linked<Numbered> {
  readonly number: number;
}

const capacity = 4;
const operations = fc.array(fc.constantFrom("push", "push", "shift", "shift", "unshift", "drain"));

for (const overflow of ["reject-new", "drop-oldest"] as const) {
  test(`a mailbox that says ${overflow} holds what a list with the same rule would`, () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const mailbox = new Mailbox<Numbered>(capacity, overflow);
        const model: Numbered[] = [];
        for (const [number, step] of steps.entries()) {
          const message: Numbered = { number, next: undefined };
          if (step === "push") {
            const isFull = model.length >= capacity;
            const dropped = isFull && overflow === "drop-oldest" ? model.shift() : undefined;
            const refused = isFull && overflow === "reject-new";
            if (!refused) model.push(message);
            const expected = refused ? "refused" : dropped === undefined ? "accepted" : { dropped };
            expect(mailbox.push(message)).toEqual(expected);
          } else if (step === "unshift") {
            model.unshift(message);
            mailbox.unshift(message);
          } else if (step === "shift") {
            const taken = mailbox.shift();
            expect(taken).toBe(model.shift());
            expect(taken?.next).toBeUndefined();
          } else {
            expect(mailbox.drain().map((one) => one.number)).toEqual(
              model.splice(0).map((one) => one.number),
            );
          }
          expect(mailbox.length).toBe(model.length);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
}
