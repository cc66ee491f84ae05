/** Where everything of a graph is drawn. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The middles of boxes, by id. */
  readonly boxes: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly edges: readonly {
    readonly key: string;
    readonly from: string;
    readonly to: string;
    readonly path: string;
  }[];
}

/** Lays a graph out from left to right, in layers (Sugiyama). The program that does it is loaded when it is needed. */
export async function layOut(
  ids: readonly string[],
  links: readonly { readonly from: string; readonly to: string }[],
  box: { readonly width: number; readonly height: number },
): Promise<Layout> {
  const { Graph, layout } = await import("@dagrejs/dagre");
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 16, ranksep: 30, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(ids);
  for (const id of ids) graph.setNode(id, { ...box });
  for (const { from, to } of links) if (known.has(from) && known.has(to)) graph.setEdge(from, to);
  layout(graph);
  const boxes = new Map(
    graph.nodes().map((id) => {
      const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
      return [id, { x, y }] as const;
    }),
  );
  const edges = graph.edges().map((edge) => {
    const { points = [] } = graph.edge(edge) as { points?: readonly { x: number; y: number }[] };
    const path = points.map(
      ({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`,
    );
    return { key: `${edge.v} ${edge.w}`, from: edge.v, to: edge.w, path: path.join("") };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width: Math.max(width, 200), height: Math.max(height, 60), boxes, edges };
}
