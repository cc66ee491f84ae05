import type { SpanRecord } from "./spans/span-record.ts";
import type { TraceNode } from "./trace-tree.ts";

/** A span by what waited for it, which need not be the span that caused it. */
export interface Step {
  readonly span: SpanRecord;
  /** The span that caused it. */
  readonly parent: Step | undefined;
  /** The nearest span before it that was still running when it ended, or else the root. */
  readonly within: Step | undefined;
  /** The spans that are `within` this one, in order of their ends. */
  readonly children: Step[];
}

/** A trace from `root` on, with each span below the nearest one before it that outlived it. */
export function stepsOf(root: TraceNode): Step {
  const first: Step = { span: root.span, parent: undefined, within: undefined, children: [] };
  const waiting: { readonly node: TraceNode; readonly step: Step }[] = [
    { node: root, step: first },
  ];
  const all = [first];
  for (let top = waiting.pop(); top !== undefined; top = waiting.pop()) {
    for (const node of top.node.children) {
      const { span } = node;
      let within = top.step;
      // A span that outlived its sender outlived as well what ended before the sender did.
      while (within.span.endMs < span.endMs && within.within !== undefined) within = within.within;
      const step: Step = { span, parent: top.step, within, children: [] };
      within.children.push(step);
      all.push(step);
      waiting.push({ node, step });
    }
  }
  for (const { children } of all) children.sort((a, b) => a.span.endMs - b.span.endMs);
  return first;
}
