import { BlockList, isIP } from "node:net";

/** A range of addresses, as `10.1.2.0/24`; a bare address is a range of one. */
export interface Network {
  readonly address: string;
  /** Bits of the address that all of the range share. */
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

/**
 * A range of addresses as it is written (CIDR, RFC 4632 and RFC 4291).
 *
 * @returns undefined when it is none
 */
export function parseNetwork(text: string): Network | undefined {
  const [, address = "", bits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const shared = bits === undefined ? most : Number(bits);
  if (shared > most) return undefined;
  return { address, bits: shared, family: version === 4 ? "ipv4" : "ipv6" };
}

/** Whether addresses lie in one of some networks. IPv4 addresses in the clothes of IPv6 count as what they are. */
export class Networks {
  readonly #list = new BlockList();

  constructor(networks: readonly Network[]) {
    for (const { address, bits, family } of networks) this.#list.addSubnet(address, bits, family);
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/** Whether a range has all addresses of IPv4 or of IPv6, also those of IPv4 in the clothes of IPv6. */
export function isEverybody(network: Network): boolean {
  const all = new Networks([network]);
  return network.bits === 0 || (all.has("0.0.0.0") && all.has("255.255.255.255"));
}
