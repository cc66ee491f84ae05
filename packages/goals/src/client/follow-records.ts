import type { Subscription, Transport, TransportMessage } from "@troupe/actor";

/** Where records are read and heard. */
export interface RecordSource<One> {
  /** The subject on which the server publishes each after it was stored. */
  readonly subject: string;
  /** What a message tells; nothing when it cannot be read. */
  read(message: TransportMessage): readonly One[];
  /** Passes all that is stored, in order, in as many parts as it likes. */
  stored(pass: (records: readonly One[]) => void): Promise<void>;
}

/**
 * Tells `observe` what is stored, then what comes, each once and in order: listening begins before reading, and what
 * comes meanwhile waits.
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
  const early: One[] = [];
  const pass = (records: readonly One[]): void => {
    const news = records.filter(({ sequence }) => sequence > last);
    last = news.at(-1)?.sequence ?? last;
    for (const record of news) observe(record);
  };
  const subscription = transport.subscribe(subject, (message) => {
    const records = read(message);
    if (live) pass(records);
    else early.push(...records);
  });
  try {
    await transport.flush();
    await stored(pass);
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }
  live = true;
  pass(early);
  return subscription;
}
