/**
 * Licences under which a package may be part of Troupe, by their SPDX names: those that ask for a notice, or
 * for nothing; and MPL-2.0, which asks for the source of its own files only, and those are used as they are.
 */
const allowed: ReadonlySet<string> = new Set([
  ...["Apache-2.0", "MIT", "MIT-0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "AFL-2.1"],
  ...["CC0-1.0", "Unlicense", "BlueOak-1.0.0", "Python-2.0", "Zlib", "MPL-2.0"],
]);

/**
 * Whether a package under this SPDX expression may be used: of a choice one part must be allowed, of a sum all.
 * What is no expression, such as `SEE LICENSE IN FILE`, is not allowed: somebody has to read it first.
 */
export function isAllowed(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let holds = both();
    while (tokens[at] === "OR") {
      at += 1;
      const other = both();
      holds ||= other;
    }
    return holds;
  };
  const both = (): boolean => {
    let holds = one();
    while (tokens[at] === "AND") {
      at += 1;
      const other = one();
      holds &&= other;
    }
    return holds;
  };
  const one = (): boolean => {
    const token = tokens[at] ?? "";
    at += 1;
    if (token !== "(") return allowed.has(token);
    const holds = either();
    at += 1;
    return holds && tokens[at - 1] === ")";
  };
  const holds = either();
  return holds && at === tokens.length;
}
