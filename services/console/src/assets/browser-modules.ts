import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A module as a browser gets it. */
export interface BrowserModule {
  /** Unique name, ending in `.js`. */
  readonly name: string;
  /** JavaScript whose imports name other modules of the graph, as `./<name>`. */
  readonly code: string;
  /** Whether it is only asked for when it is needed. */
  readonly lazy: boolean;
}

/** What follows `from` or `import`, in programs and in what minifiers make of them. */
const specifierPattern = /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s*)(["'])([^"'\n]+)\2/g;

/**
 * Every module that a program for browsers consists of: its own files, TypeScript without its types, and those
 * of packages, as they are. There is no bundler: browsers load modules themselves.
 *
 * @param entry path of the program's first file
 * @throws when a module that is imported is not installed
 */
export function browserModules(entry: string): readonly BrowserModule[] {
  const modules = new Map<string, BrowserModule & { readonly path: string }>();
  const names = new Map<string, string>();
  const nameOf = (path: string): string => {
    const known = names.get(path);
    if (known !== undefined) return known;
    const plain = basename(path).replace(/\.(ts|mjs|esm\.js|module\.js|js)$/, "");
    const taken = new Set(names.values());
    let name = `${plain}.js`;
    for (let next = 2; taken.has(name); next += 1) name = `${plain}-${next}.js`;
    names.set(path, name);
    return name;
  };
  const add = (path: string, lazy: boolean): void => {
    const known = modules.get(path);
    if (known !== undefined && (lazy || !known.lazy)) return;
    const source = known === undefined ? readProgram(path) : known.code;
    const imported: { readonly path: string; readonly lazy: boolean }[] = [];
    const code = source.replace(
      specifierPattern,
      (whole, how: string, quote: string, what: string) => {
        const target = known === undefined ? resolved(what, path) : pathNamed(names, what);
        if (target === undefined) return whole;
        imported.push({ path: target, lazy: lazy || how.includes("(") });
        return `${how}${quote}./${nameOf(target)}${quote}`;
      },
    );
    modules.set(path, { name: nameOf(path), code, lazy, path });
    for (const one of imported) add(one.path, one.lazy);
  };
  add(entry, false);
  return [...modules.values()];
}

function readProgram(path: string): string {
  const text = readFileSync(path, "utf8").replace(/\n\/\/# sourceMappingURL=.*$/m, "");
  return path.endsWith(".ts") ? withoutTypes(text) : text;
}

/** The warning that this function of Node is experimental is for programmers, not for whoever starts a console. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function resolved(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith("./") || specifier.startsWith("../")) {
    return join(dirname(importer), specifier);
  }
  return /^[@a-z][\w@/.-]*$/.test(specifier)
    ? fileURLToPath(import.meta.resolve(specifier))
    : undefined;
}

function pathNamed(names: ReadonlyMap<string, string>, specifier: string): string | undefined {
  return [...names].find(([, name]) => `./${name}` === specifier)?.[0];
}
