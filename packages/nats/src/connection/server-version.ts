/** A nats-server version, compared by its three numbers. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** As the server wrote it. */
  readonly text: string;
}

/** Reads the first `x.y.z` of a text such as `nats-server: v2.9.10`; unreadable gives 0.0.0. */
export function parseVersion(text: string): ServerVersion {
  const match = /(\d+)\.(\d+)\.(\d+)([-+.\w]*)/.exec(text);
  if (match === null) return { major: 0, minor: 0, patch: 0, text: text.trim() };
  const [whole, major, minor, patch] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), text: whole };
}

/** Whether `version` is `wanted` (`"2.10.0"`) or newer. A release candidate counts as its release. */
export function isAtLeast(version: ServerVersion, wanted: string): boolean {
  return compareVersions(version, parseVersion(wanted)) >= 0;
}

/** Negative when `a` is older than `b`. */
export function compareVersions(a: ServerVersion, b: ServerVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}
