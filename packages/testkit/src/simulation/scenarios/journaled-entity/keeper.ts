import {
  type Actor,
  defineActor,
  defineProtocol,
  FencedError,
  type Journaled,
  message,
  openJournaled,
} from "@troupe/actor";
import { z } from "zod";
import type { Life } from "../../node.ts";
import type { AppendLedger, Note } from "./append-ledger.ts";

const noteShape = z.object({ id: z.number(), writer: z.string(), after: z.number() });

/** Writes to entities, and opens them again. */
export const keeperProtocol = defineProtocol("keeper", {
  write: message(z.object({ key: z.string(), id: z.number() })),
  reopen: message(z.object({ key: z.string() })),
});

type Entity = Journaled<readonly number[], Note>;

/** How often a write is tried, each time on what was read anew. */
export const triesPerWrite = 3;

/** An actor that keeps entities open, as many do at once. When it is fenced it opens its own again. */
export function keeper(
  ledger: AppendLedger,
  name: string,
  life: Life,
): Actor<(typeof keeperProtocol)["messages"]> {
  return defineActor(keeperProtocol, () => {
    const entities = new Map<string, { readonly entity: Entity; readonly writer: string }>();
    let opened = 0;
    const open = async (key: string) => {
      const known = entities.get(key);
      if (known !== undefined) return known;
      opened += 1;
      const writer = `${name}.${life.number}.${opened}`;
      const call = ledger.reads(writer, key);
      const entity: Entity = await openJournaled({
        journal: life.journal,
        clock: life.clock,
        random: life.random,
        kind: "note",
        key,
        record: noteShape,
        version: 1,
        initial: [] as readonly number[],
        apply: (ids, { id }) => [...ids, id],
      });
      call(entity.records);
      entities.set(key, { entity, writer });
      return { entity, writer };
    };
    const write = async (key: string, id: number): Promise<boolean> => {
      const { entity, writer } = await open(key);
      const after = entity.records.at(-1)?.sequence ?? 0;
      const call = ledger.appends({ key, id, writer, after });
      try {
        const state = await entity.append({ id, writer, after });
        call.stored(entity.records.at(-1)?.sequence ?? 0, state);
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
        } catch {
          // The journal gave no answer. The entity stays open: the next write must not do harm.
        }
      },
      reopen: ({ key }) => {
        entities.delete(key);
      },
    };
  });
}
