/**
 * The first token of the inboxes of one user, or of one connection where users share a server without names. A permission
 * on it keeps others from reading the answers that come there.
 *
 * @param name of the NATS user, or of the connection; what no subject may contain becomes `_`
 */
export function inboxPrefix(name: string): string {
  return `_INBOX_${name.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`;
}
