import { isAtLeast, parseVersion } from "../connection/server-version.ts";
import { UnsafeReplicationError } from "../errors.ts";

const firstSafeReplication = "2.10.0";
const recommended = "2.12.3";

/**
 * Throws `UnsafeReplicationError` for a server whose replicated streams accept two winners of one
 * conditional append (nats-server before 2.9.21; all of 2.9 is refused).
 */
export function checkReplication(version: string, replicas: number): void {
  if (replicas > 1 && !isAtLeast(parseVersion(version), firstSafeReplication)) {
    throw new UnsafeReplicationError(version, replicas);
  }
}

/** What the operator should know about acknowledged writes on this version, if anything. */
export function durabilityNotice(version: string): string | undefined {
  const parsed = parseVersion(version);
  if (isAtLeast(parsed, recommended)) return undefined;
  const sync = isAtLeast(parsed, "2.10.0")
    ? "set sync_interval: always, or a power loss can undo up to two minutes of acknowledged writes"
    : "it has no sync_interval, so a power loss can undo up to a minute of acknowledged writes";
  return `nats-server ${parsed.text} is older than ${recommended}, which fixed losses of acknowledged writes; ${sync}`;
}
