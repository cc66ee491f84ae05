import type { Connection } from "../connection/connection.ts";
import { onThisConnection, untilAnswered } from "../store/until-answered.ts";
import { lastRecord } from "./read-records.ts";
import type { Located } from "./record-subject.ts";

/** Up to here the server takes a purge of one subject for one without a bound. */
const leastBound = 2;

/**
 * Removes the records of a subject below a sequence, but never the newest: an empty subject would
 * let a writer in that expects none.
 */
export async function purgeRecords(
  connection: Connection,
  located: Located,
  options: { readonly prefix: string; readonly before: number },
): Promise<number> {
  const { stream, subject } = located;
  const newest = await lastRecord(connection, located, options.prefix);
  const seq = Math.min(options.before, newest?.sequence ?? 0);
  if (seq < leastBound) return 0;
  const { purged } = await untilAnswered(connection, stream, `purging '${subject}'`, () =>
    onThisConnection(connection, () =>
      connection.manager.streams.purge(stream, { filter: subject, seq }),
    ),
  );
  return purged;
}
