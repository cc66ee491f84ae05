import { type DurableEntityDefinition, defineEntity, defineProtocol, query } from "@troupe/actor";
import { z } from "zod";

/** What a lease protects: it takes no write of a holder that was followed by another. */
const vaultProtocol = defineProtocol("vault", {
  /** Whether the write was taken: not with a token older than one that was seen. */
  put: query(z.object({ token: z.number(), id: z.number() }), z.boolean()),
});
export type VaultMessages = (typeof vaultProtocol)["messages"];

/** A write as it is stored. */
export interface Put {
  readonly token: number;
  /** Of no other write. */
  readonly id: number;
}

export const vaultKind = "vault";
const putShape = z.object({ token: z.number(), id: z.number() });
const decoder = new TextDecoder();

/** Vaults in the journal. */
export const vaultEntity: DurableEntityDefinition<VaultMessages> = defineEntity(vaultProtocol, {
  kind: vaultKind,
  read: "confirmed",
  journal: {
    version: 1,
    record: putShape,
    initial: 0,
    apply: (newest: number, { token }) => Math.max(newest, token),
  },
  setup: (_key, _context, vault) => ({
    put: async ({ token, id }) => {
      const isStale = token < vault.state;
      if (isStale) return false;
      await vault.append({ token, id });
      return true;
    },
  }),
});

/** A write as it is stored; undefined for what the runtime writes. */
export function putOf(payload: Uint8Array): Put | undefined {
  const { record } = JSON.parse(decoder.decode(payload)) as { readonly record: unknown };
  return putShape.safeParse(record).data;
}
