/** Stages of a measured flow; the tasks of one wait for those of the one before. */
const stages = 4;

/**
 * A goal whose tasks do nothing, in stages side by side: what it takes is what the runtime itself takes.
 *
 * @param tasks how many, at least 1
 */
export function passFlow(id: string, tasks: number): Readonly<Record<string, unknown>> {
  const wide = Math.ceil(tasks / stages);
  return {
    id,
    kind: "flow",
    tasks: Array.from({ length: tasks }, (_, index) => ({
      id: `t${index}`,
      type: "pass",
      input: { index },
      ...(index < wide ? {} : { dependsOn: [`t${index - wide}`] }),
    })),
  };
}
