import type { Clock, Random, Transport } from "@troupe/actor";
import { z } from "zod";

const infoSchema = z.object({
  type: z.literal("io.nats.micro.v1.info_response"),
  name: z.string(),
  id: z.string(),
  version: z.string(),
  description: z.string().default(""),
  metadata: z.record(z.string(), z.string()).nullish(),
  endpoints: z.array(z.object({ name: z.string(), subject: z.string() })).nullish(),
});

/** An instance of a service that has answered. */
export interface FoundService {
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Subjects of its endpoints, by name. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** Which services are asked for, and how long is listened for answers. */
export interface FindOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Only services of this name. */
  readonly name: string;
  /** Subjects of answers begin with it: what the user may subscribe to. */
  readonly inbox: string;
  /** How long answers are waited for, milliseconds. Default 1000. */
  readonly withinMs?: number;
  /** After the last answer no more than this, milliseconds. Default 250. */
  readonly quietMs?: number;
}

/** Instances kept of one search. */
const foundLimit = 10_000;

/** Finds the instances of a service by NATS' services API (ADR-32), sorted by id. Nobody there: nobody found. */
export function findServices(options: FindOptions): Promise<readonly FoundService[]> {
  const { transport, clock, random, name, inbox, withinMs = 1000, quietMs = 250 } = options;
  const found = new Map<string, FoundService>();
  const reply = `${inbox}.${random.hex(12)}`;
  return new Promise((resolve) => {
    const finish = (): void => {
      subscription.unsubscribe();
      cancelAll();
      cancelQuiet();
      resolve([...found.values()].sort((one, other) => (one.id < other.id ? -1 : 1)));
    };
    const subscription = transport.subscribe(reply, (message) => {
      if (message.noResponders === true) return finish();
      const service = read(message.payload);
      if (service !== undefined && found.size < foundLimit) found.set(service.id, service);
      cancelQuiet();
      cancelQuiet = clock.schedule(quietMs, finish);
    });
    const cancelAll = clock.schedule(withinMs, finish);
    let cancelQuiet = (): void => {};
    transport.publish(`$SRV.INFO.${name}`, new Uint8Array(), { reply });
  });
}

function read(payload: Uint8Array): FoundService | undefined {
  try {
    const info = infoSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    const { name, id, version, description, metadata, endpoints } = info;
    return {
      name,
      id,
      version,
      description,
      metadata: metadata ?? {},
      endpoints: Object.fromEntries((endpoints ?? []).map((one) => [one.name, one.subject])),
    };
  } catch {
    // Somebody else's answer, or none of this kind.
    return undefined;
  }
}
