import { type DurableEntityDefinition, defineEntity, defineProtocol, query } from "@troupe/actor";
import { z } from "zod";

/** Exclusive for a time. A holder that is late does not notice, so what it does has to carry its token. */
const leaseProtocol = defineProtocol("lease", {
  /** Gives the fencing token, or false while somebody holds it. */
  acquire: query(z.object({ forMs: z.number() }), z.union([z.number(), z.literal(false)])),
  /** Whether the token was the holder's. */
  release: query(z.object({ token: z.number() }), z.boolean()),
});
export type LeaseMessages = (typeof leaseProtocol)["messages"];

const grantedShape = z.object({ token: z.number(), until: z.number() });
const releasedShape = z.object({ released: z.number() });

interface LeaseState {
  readonly latest: number;
  /** When the holder's time is over, by the wall clock of the node that granted it; undefined when free. */
  readonly until: number | undefined;
}

/** Leases in the journal, whose time runs by the clock of whichever node they live on. */
export const leaseEntity: DurableEntityDefinition<LeaseMessages> = defineEntity(leaseProtocol, {
  kind: "lease",
  read: "confirmed",
  journal: {
    version: 1,
    record: z.union([grantedShape, releasedShape]),
    initial: { latest: 0, until: undefined } as LeaseState,
    apply: ({ latest }, record) =>
      "token" in record
        ? { latest: record.token, until: record.until }
        : { latest, until: undefined },
  },
  setup: (_key, { clock }, lease) => ({
    acquire: async ({ forMs }) => {
      const { latest, until } = lease.state;
      const isHeld = until !== undefined && clock.now() < until;
      if (isHeld) return false;
      const token = latest + 1;
      await lease.append({ token, until: clock.now() + forMs });
      return token;
    },
    release: async ({ token }) => {
      const { latest, until } = lease.state;
      const isHolder = until !== undefined && token === latest;
      if (!isHolder) return false;
      await lease.append({ released: token });
      return true;
    },
  }),
});
