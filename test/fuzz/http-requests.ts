import type { Random } from "@troupe/actor";
import { seededRandom } from "@troupe/testkit";
import { textOf } from "./edge.ts";

/** JSON schema, as far as requests need it. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Made {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

const words = ["g1", "clean", "flow", "a", "../..", "%2e%2e", "*", ">", "é😀", "x".repeat(300), ""];
const numbers = [0, 1, -1, 2, 500, 501, 1e21, 0.5, Number.MAX_SAFE_INTEGER];
/** Addresses that the description does not name. */
const others = ["/api/session", "/api/login", "/api/logout", "/api/events", "/api/nothing", "/"];
const kinds = [
  "application/json",
  "text/plain",
  "application/json; charset=utf-16",
  "multipart/form-data",
];
const deepest = 4;

/** Requests by the console's own description: addresses, parameters and bodies that fit it, and nearly so. */
export class HttpRequests {
  readonly #operations: readonly {
    readonly path: string;
    readonly method: string;
    readonly operation: Operation;
  }[];

  /** @param document an OpenAPI document */
  constructor(document: unknown) {
    const { paths } = document as OpenApi;
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const bare = others.flatMap((path) =>
      ["get", "post", "delete"].map((method) => ({ path, method, operation: {} })),
    );
    this.#operations = [...described, ...bare];
  }

  /** Bodies that fit, of each operation that takes one. */
  bodies(random: Random): string[] {
    return this.#operations.flatMap(({ operation }) => {
      const schema = operation.requestBody?.content["application/json"]?.schema;
      if (schema === undefined) return [];
      return [1, 2, 3].map(() => JSON.stringify(fitting(schema, random, 0)));
    });
  }

  /** A request whose body, and half of the time the end of whose address, is the input. */
  made(input: Uint8Array, turn: number): Made {
    const random = seededRandom(turn);
    const chosen = this.#operations[below(this.#operations.length, random)];
    if (chosen === undefined) throw new Error("the console describes no requests");
    const { path, method, operation } = chosen;
    const odd =
      below(2, random) === 0
        ? encodeURIComponent(textOf(input).toWellFormed()).slice(0, 2000)
        : undefined;
    const query: string[] = [];
    let filled = path;
    for (const { name, in: where, schema } of operation.parameters ?? []) {
      const value = odd ?? encodeURIComponent(String(fitting(schema, random, 0)));
      if (where === "path") filled = filled.replace(`{${name}}`, value);
      else if (below(2, random) === 0) query.push(`${name}=${value}`);
    }
    const ours = below(8, random) > 0 ? { "x-troupe-console": "1" } : {};
    const type = below(8, random) > 0 ? kinds[0] : kinds[below(kinds.length, random)];
    return {
      method: method.toUpperCase(),
      path: query.length === 0 ? filled : `${filled}?${query.join("&")}`,
      headers: { ...ours, ...(type === undefined ? {} : { "content-type": type }) },
      body: method === "get" ? undefined : input,
    };
  }
}

/** A value of a schema, or one that nearly is. */
function fitting(schema: Schema, random: Random, depth: number): unknown {
  if (depth > deepest) return null;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[below(schema.enum.length, random)];
  const choices = schema.anyOf ?? schema.oneOf ?? [];
  const choice = choices[below(choices.length, random)];
  if (choice !== undefined) return fitting(choice, random, depth + 1);
  switch (schema.type) {
    case "boolean":
      return below(2, random) === 0;
    case "integer":
    case "number":
      return numbers[below(numbers.length, random)];
    case "array":
      return Array.from({ length: below(3, random) }, () =>
        fitting(schema.items ?? {}, random, depth + 1),
      );
    case "object": {
      const fields = Object.entries(schema.properties ?? {}).filter(
        ([name]) => schema.required?.includes(name) === true || below(2, random) === 0,
      );
      return Object.fromEntries(
        fields.map(([name, field]) => [name, fitting(field, random, depth + 1)]),
      );
    }
    default:
      return words[below(words.length, random)];
  }
}

function below(limit: number, random: Random): number {
  return Math.floor(random.next() * limit);
}
