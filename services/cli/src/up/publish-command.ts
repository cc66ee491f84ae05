/** A word as a POSIX shell reads it back unchanged. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * How a shell names the server: its address, or, when that holds a password, the file it stands in.
 * So the command can be shown and logged.
 */
export function serverWord(url: string, urlFile: string): string {
  return url.includes("@") ? `"$(cat ${quoted(urlFile)})"` : url;
}

/**
 * The `nats` command line that publishes these very bytes.
 *
 * @param server as {@link serverWord} gives it
 */
export function publishCommand(server: string, subject: string, payload: string): string {
  return `nats --server ${server} pub ${subject} ${quoted(payload)}`;
}
