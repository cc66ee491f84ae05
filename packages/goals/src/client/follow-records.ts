import type { Subscription, Transport, TransportMessage } from "@troupe/actor";

/**
 * Most that waits while what is stored is read, bytes of messages. When more comes, all of it is dropped, and read from
 * the store like the rest.
 */
export const waitingBytes = 16 * 2 ** 20;

/** Where records are read and heard. */
export interface RecordSource<One> {
  /** The subject on which the server publishes each after it was stored. */
  readonly subject: string;
  /** What a message tells; nothing when it cannot be read. */
  read(message: TransportMessage): readonly One[];
  /** Passes all that is stored after a sequence, in order, in as many parts as it likes. */
  stored(after: number, pass: (records: readonly One[]) => void): Promise<void>;
}

/**
 * Tells `observe` what is stored, then what comes, each once and in order: listening begins before reading, and what
 * comes meanwhile waits. When more comes than may wait (`waitingBytes`), what waited is dropped and reading goes on
 * after the last record that was told, until it has caught up: nothing is lost, as each was stored before it came.
 *
 * @returns stops following
 * @throws what reading fails with; nothing is heard any more then
 */
export async function followRecords<One extends { readonly sequence: number }>(
  transport: Transport,
  { subject, read, stored }: RecordSource<One>,
  observe: (record: One) => void,
): Promise<Subscription> {
  let last = 0;
  let live = false;
  let early = nothing<One>();
  const pass = (records: readonly One[]): void => {
    const news = records.filter(({ sequence }) => sequence > last);
    last = news.at(-1)?.sequence ?? last;
    for (const record of news) observe(record);
  };
  const subscription = transport.subscribe(subject, (message) => {
    if (live) return pass(read(message));
    early.bytes += message.payload.length;
    if (early.bytes > waitingBytes) early.records.length = 0;
    else early.records.push(...read(message));
  });
  try {
    await transport.flush();
    do {
      early = nothing();
      await stored(last, pass);
    } while (early.bytes > waitingBytes);
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }
  live = true;
  pass(early.records);
  return subscription;
}

/** What has come since reading began. */
function nothing<One>(): { records: One[]; bytes: number } {
  return { records: [], bytes: 0 };
}
