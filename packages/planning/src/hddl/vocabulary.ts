import type { Parameter } from "../domain/condition.ts";
import { HddlError } from "../errors.ts";
import { found, type Items, type Syntax, type Word } from "./syntax.ts";

/** The names that an HDDL text may use. */
export class Vocabulary {
  readonly types = new Map<string, readonly string[]>();
  readonly constants = new Map<string, readonly string[]>();
  readonly objects = new Map<string, readonly string[]>();
  readonly predicates = new Map<string, readonly (string | undefined)[]>();
  /** Parameters of actions and tasks. */
  readonly calls = new Map<string, readonly Parameter[]>();
  /** Those of the calls that are tasks. */
  readonly tasks = new Set<string>();

  /** `(a b - t c)`: types with their supertypes. Supertypes need no declaration of their own. */
  readTypes(items: Items): void {
    for (const { name, type } of typed(items)) {
      const parents = this.types.get(name.text) ?? [];
      this.types.set(name.text, type === undefined ? parents : [...parents, type.text]);
      if (type !== undefined && !this.types.has(type.text)) this.types.set(type.text, []);
    }
  }

  /** `(a b - t c)`: objects with their types. */
  readObjects(items: Items, into: Map<string, readonly string[]>): void {
    for (const { name, type } of typed(items)) {
      const known = into.get(name.text) ?? [];
      const own = this.type(type, items.source);
      into.set(name.text, own === undefined ? known : [...known, own]);
    }
  }

  /** `(?a ?b - t ?c)` */
  readParameters(items: Items): readonly Parameter[] {
    const seen = new Set<string>();
    return typed(items).map(({ name, type }) => {
      if (!name.text.startsWith("?")) {
        throw new HddlError(items.source, name, "a variable, beginning with '?'", found(name));
      }
      if (seen.has(name.text)) {
        throw new HddlError(items.source, name, "a variable that is not declared yet", found(name));
      }
      seen.add(name.text);
      const own = this.type(type, items.source);
      return own === undefined ? { name: name.text } : { name: name.text, type: own };
    });
  }

  /** The name of a declared type. `object` that nobody declares means any object. */
  type(word: Word | undefined, source: string): string | undefined {
    if (word === undefined || this.types.has(word.text)) return word?.text;
    if (word.text.toLowerCase() === "object") return undefined;
    throw new HddlError(source, word, oneOf("a type", this.types.keys()), found(word));
  }

  /** A declared variable, constant or object. */
  term(at: Syntax, scope: ReadonlySet<string>, source: string): string {
    if (at.kind === "word") {
      const { text } = at;
      if (
        text.startsWith("?") ? scope.has(text) : this.constants.has(text) || this.objects.has(text)
      ) {
        return text;
      }
      const expected = text.startsWith("?")
        ? oneOf("a declared variable", scope)
        : "a declared constant or object";
      throw new HddlError(source, at, expected, found(at));
    }
    throw new HddlError(source, at, "a variable, constant or object", found(at));
  }

  /** Terms of an atom or call, as many as its declaration has parameters. */
  terms(name: Word, items: Items, wanted: number, scope: ReadonlySet<string>): readonly string[] {
    const terms = items.rest().map((each) => this.term(each, scope, items.source));
    if (terms.length === wanted) return terms;
    const expected = `${wanted} arguments for '${name.text}'`;
    throw new HddlError(items.source, items.list, expected, `${terms.length}`);
  }
}

/** `a b - t c` as pairs of name and type. */
function typed(items: Items): readonly { readonly name: Word; readonly type: Word | undefined }[] {
  const all: { readonly name: Word; readonly type: Word | undefined }[] = [];
  let waiting: Word[] = [];
  while (!items.done) {
    if (items.skip("-")) {
      const type = items.word("the name of a type");
      for (const name of waiting) all.push({ name, type });
      waiting = [];
    } else waiting.push(items.word("a name"));
  }
  for (const name of waiting) all.push({ name, type: undefined });
  return all;
}

export function oneOf(what: string, names: Iterable<string>): string {
  const all = [...names];
  return all.length === 0 || all.length > 12 ? what : `${what} (${all.join(", ")})`;
}
