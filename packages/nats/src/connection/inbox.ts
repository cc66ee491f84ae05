/**
 * What the inboxes of a user begin with, or of a connection where users share a server without names. A permission on it
 * keeps others from reading the answers that come there.
 *
 * @param names of the user and the connection, or of one of them; what no subject may contain becomes `_`
 */
export function inboxPrefix(...names: readonly string[]): string {
  return `_INBOX_${names.map((name) => name.replaceAll(/[^A-Za-z0-9_-]/g, "_")).join(".")}`;
}
