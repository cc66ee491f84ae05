/** Something with parts, as it is drawn. */
export interface Branch {
  readonly text: string;
  readonly parts: readonly Branch[];
}

/** The branch and under it its parts, joined by lines. */
export function treeLines(branch: Branch): readonly string[] {
  return [branch.text, ...partsOf(branch)];
}

function partsOf({ parts }: Branch): readonly string[] {
  return parts.flatMap((part, index) => {
    const last = index === parts.length - 1;
    const [first = "", ...rest] = treeLines(part);
    return [
      `${last ? "└─ " : "├─ "}${first}`,
      ...rest.map((line) => `${last ? "   " : "│  "}${line}`),
    ];
  });
}
