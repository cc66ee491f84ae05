import { lenses } from "@troupe/data";
import { UsageError } from "../errors.ts";

const analysts = lenses.map((lens) => `analyst-${lens}`);

/**
 * Which analysts of which nodes lie. So many are dealt out to the nodes in turn, the same analyst of each first.
 *
 * @param liars how many, or addresses as `node-1/analyst-sample`, separated by commas
 * @returns names of analysts by node; nodes without a liar are left out
 * @throws UsageError when there are not so many analysts, or not that one
 */
export function liarsOf(
  liars: string,
  nodes: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const all = analysts.flatMap((analyst) => nodes.map((node) => `${node}/${analyst}`));
  const count = /^\d{1,6}$/.test(liars) ? Number(liars) : undefined;
  if (count !== undefined && count > all.length) {
    throw new UsageError(`--liars ${liars}: ${nodes.length} nodes have ${all.length} analysts`);
  }
  const named = liars.split(",").map((address) => address.trim());
  const chosen = count === undefined ? new Set(named) : all.slice(0, count);
  const byNode = new Map<string, string[]>();
  for (const address of chosen) {
    if (!all.includes(address)) {
      throw new UsageError(
        `--liars: '${address}' is neither a number nor one of ${all.join(", ")}`,
      );
    }
    const [node = "", analyst = ""] = address.split("/");
    byNode.set(node, [...(byNode.get(node) ?? []), analyst]);
  }
  return byNode;
}
