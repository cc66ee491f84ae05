import { once } from "node:events";
import { createServer } from "node:net";

/** Loopback ports that nobody listens on at this moment, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const addresses = probes.map((probe) => probe.address());
  await Promise.all(probes.map((probe) => once(probe.close(), "close")));
  return addresses.map((address) => (typeof address === "object" ? (address?.port ?? 0) : 0));
}
