import type { CacheAnswer } from "@troupe/goals";
import type { StoredEntry } from "@troupe/nats";
import type { CachedType } from "../commands/cache.ts";
import { counted, formatCount, formatMoment, formatShare } from "./quantity.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** The cached results by type, and what each node found in them since it started. */
export function cacheScreen(
  cache: {
    readonly types: readonly CachedType[];
    readonly nodes: readonly CacheAnswer[];
    /** One by one, when those of one type were asked for. */
    readonly entries: readonly StoredEntry[] | undefined;
  },
  { width, paint }: Screen,
): readonly string[] {
  const { types, nodes, entries } = cache;
  const lines: string[] = [];
  if (types.length === 0) lines.push("No cached results.");
  else {
    const rows = types.map(({ type, entries: count, bytes, newestAt }) => [
      type === "" ? "(not told)" : printable(type),
      formatCount(count),
      formatCount(bytes),
      formatMoment(newestAt),
    ]);
    const columns = [
      { title: "type", flexible: true },
      { title: "results", align: "right" },
      { title: "bytes", align: "right" },
      { title: "newest" },
    ] as const;
    lines.push(...table(columns, rows, width, paint));
  }
  if (entries !== undefined && entries.length > 0) {
    const rows = entries.map(({ key, bytes, storedAt }) => [
      key,
      formatCount(bytes),
      formatMoment(storedAt),
    ]);
    const columns = [
      { title: "key" },
      { title: "bytes", align: "right" },
      { title: "stored" },
    ] as const;
    lines.push("", ...table(columns, rows, width, paint));
  }
  if (nodes.length > 0) {
    const rows = nodes.map(({ node, counts: { hits, misses, stores } }) => {
      const found = hits.memory + hits.shared;
      return [
        node,
        formatCount(found),
        formatCount(misses),
        formatShare(found, found + misses),
        formatCount(stores),
      ];
    });
    const columns = [
      { title: "node" },
      { title: "hits", align: "right" },
      { title: "misses", align: "right" },
      { title: "found", align: "right" },
      { title: "stored", align: "right" },
    ] as const;
    lines.push("", ...table(columns, rows, width, paint));
  }
  return lines;
}

/** What each node has in its memory now. */
export function warmScreen(nodes: readonly CacheAnswer[]): readonly string[] {
  return nodes.map(
    ({ node, warmed = 0 }) =>
      `${node} has ${counted(warmed, "of these results", "of these results")} in memory`,
  );
}
