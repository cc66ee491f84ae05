import { isUtf8 } from "node:buffer";

/** A name that can be recorded: nothing that is not seen, no comma, which is what several names are joined by. */
const namePattern = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp},]{1,200}$/u;

/** @returns undefined when the text is no name: empty, too long, several, or not to be seen */
export function nameIn(text: string): string | undefined {
  const name = text.trim();
  return namePattern.test(name) ? name : undefined;
}

/** The text of a header: HTTP takes its bytes for Latin-1, and proxies mean UTF-8. */
export function headerText(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : value;
}
