import { type Actor, defineActor } from "../../index.ts";
import { clerkProtocol } from "./workshop-protocol.ts";

export const clerk: Actor<typeof clerkProtocol.messages> = defineActor(clerkProtocol, () => {
  const notes: string[] = [];
  return {
    note: ({ text }) => void notes.push(text),
    notes: () => notes,
    crash: () => {
      throw new Error("the clerk was told to");
    },
    hang: () => {
      while (true);
    },
  };
});
