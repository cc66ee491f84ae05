import { ensureError, type Journal, type Log } from "@troupe/actor";
import { z } from "zod";
import type { SkillStore } from "./skills.ts";

const experienceSchema = z.object({
  msPerByte: z.number().min(0),
  baseMs: z.number().min(0),
  succeeded: z.number().min(0),
  failed: z.number().min(0),
});
const keptSchema = z.object({
  v: z.literal(1),
  experience: z.record(z.string(), experienceSchema),
});

/**
 * Keeps what a worker has learned as the last record of `journal.worker.<worker>`. Work goes on without it: what cannot be
 * read or stored is logged.
 *
 * @param worker unique in the cluster, the same after each restart: letters, digits, '-' and '_'
 */
export function journaledSkills(journal: Journal, worker: string, log: Log): SkillStore {
  const subject = `journal.worker.${worker}`;
  const warn = (thrown: unknown): void =>
    log("warn", "what a worker has learned could not be kept or read", {
      worker,
      error: ensureError(thrown),
    });
  return {
    load: async () => {
      try {
        const last = await journal.last(subject);
        if (last === undefined) return {};
        return keptSchema.parse(JSON.parse(new TextDecoder().decode(last.payload))).experience;
      } catch (thrown) {
        warn(thrown);
        return {};
      }
    },
    save: async (experience) => {
      try {
        const payload = new TextEncoder().encode(JSON.stringify({ v: 1, experience }));
        const { sequence } = await journal.append(subject, payload);
        await journal.purge(subject, { before: sequence });
      } catch (thrown) {
        warn(thrown);
      }
    },
  };
}
