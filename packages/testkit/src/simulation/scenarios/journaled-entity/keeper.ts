import { type Actor, defineActor, defineProtocol, FencedError, message } from "@troupe/actor";
import { z } from "zod";
import type { Life } from "../../node.ts";
import type { AppendLedger } from "./append-ledger.ts";
import { type Notes, openNotes, type Snapshotting } from "./note.ts";

/** Writes to entities, and opens them again. */
export const keeperProtocol = defineProtocol("keeper", {
  write: message(z.object({ key: z.string(), id: z.number() })),
  reopen: message(z.object({ key: z.string() })),
});

/** How often a write is tried, each time on what was read anew. */
export const triesPerWrite = 3;

/** An actor that keeps entities open, as many do at once. When it is fenced it opens its own again. */
export function keeper(
  ledger: AppendLedger,
  name: string,
  life: Life,
  snapshotting: Snapshotting | undefined,
): Actor<(typeof keeperProtocol)["messages"]> {
  return defineActor(keeperProtocol, () => {
    const entities = new Map<string, { readonly notes: Notes; readonly writer: string }>();
    let opened = 0;
    const open = async (key: string) => {
      const known = entities.get(key);
      if (known !== undefined) return known;
      opened += 1;
      const writer = `${name}.${life.number}.${opened}`;
      const call = ledger.reads(writer, key);
      const notes = await openNotes(life, key, snapshotting);
      call(notes.records);
      entities.set(key, { notes, writer });
      return { notes, writer };
    };
    const write = async (key: string, id: number): Promise<boolean> => {
      const { notes, writer } = await open(key);
      const note = { id, writer, follows: notes.state.at(-1) ?? 0 };
      const call = ledger.appends(key, note, notes.last);
      try {
        const state = await notes.append(note);
        call.stored(notes.last, state);
        return true;
      } catch (error) {
        if (!(error instanceof FencedError)) throw error;
        call.fenced();
        entities.delete(key);
        return false;
      }
    };
    return {
      write: async ({ key, id }) => {
        try {
          // Each try is a record of its own, as a writer that was overtaken decides anew.
          for (let tries = 0; tries < triesPerWrite; tries += 1) {
            if (await write(key, id * triesPerWrite + tries)) return;
          }
        } catch (error) {
          // The journal gave no answer. The entity stays open: the next write must not do harm.
          ledger.failed(key, error);
        }
      },
      reopen: ({ key }) => {
        entities.delete(key);
      },
    };
  });
}
