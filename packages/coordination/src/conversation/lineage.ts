import type { ConversationEnvelope } from "./envelope.ts";

/** A message, or a dataset, in the graph of what came from what. */
export interface LineageNode {
  kind: "message" | "dataset";
  id: string;
}

/** `to` came from `from`: said because of it, made from it, or resting on it. */
export interface LineageEdge {
  from: LineageNode;
  to: LineageNode;
}

/** The part of the graph that one node came from (`back`), or that came from it (`forth`), nearest first. */
export interface Lineage {
  nodes: LineageNode[];
  edges: LineageEdge[];
}

/** Most nodes of one answer. */
const lineageLimit = 10_000;

/**
 * Who caused whom among messages: a message comes from what it names as its causes and from the datasets that it uses, and a
 * dataset from the messages that say that it was produced. Circles end where they close.
 *
 * @param start what to begin from; itself not in the answer
 */
export function lineageOf(
  messages: readonly ConversationEnvelope[],
  start: LineageNode,
  direction: "back" | "forth",
): Lineage {
  const edges = messages.flatMap(edgesOf);
  const near = Map.groupBy(edges, ({ from, to }) => keyOf(direction === "back" ? to : from));
  const seen = new Set([keyOf(start)]);
  const found: Lineage = { nodes: [], edges: [] };
  let border = [start];
  while (border.length > 0 && found.nodes.length < lineageLimit) {
    const next: LineageNode[] = [];
    for (const edge of border.flatMap((node) => near.get(keyOf(node)) ?? [])) {
      found.edges.push(edge);
      const node = direction === "back" ? edge.from : edge.to;
      if (seen.has(keyOf(node)) || found.nodes.length >= lineageLimit) continue;
      seen.add(keyOf(node));
      found.nodes.push(node);
      next.push(node);
    }
    border = next;
  }
  return found;
}

function edgesOf({ id, causedBy, uses, produces }: ConversationEnvelope): readonly LineageEdge[] {
  const message: LineageNode = { kind: "message", id };
  const dataset = (name: string): LineageNode => ({ kind: "dataset", id: name });
  return [
    ...causedBy.map((cause) => ({ from: { kind: "message" as const, id: cause }, to: message })),
    ...uses.map((name) => ({ from: dataset(name), to: message })),
    ...produces.map((name) => ({ from: message, to: dataset(name) })),
  ];
}

function keyOf({ kind, id }: LineageNode): string {
  return `${kind} ${id}`;
}
