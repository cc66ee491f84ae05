/** How often patience is looked after, milliseconds. */
const tickMs = 20;

/**
 * Whether something comes to its end, well or not, before patience does.
 *
 * Patience is in time that this process gets: however late a tick comes on a busy machine, it uses up no more than one in good
 * time. So what waits for its turn beside this process is not taken for what hangs.
 *
 * @param patienceMs milliseconds on a machine that is idle
 */
export async function endsWithin(work: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  let left = Math.ceil(patienceMs / tickMs);
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(() => {
      left -= 1;
      if (left > 0) arm();
      else resolve(false);
    }, tickMs);
  };
  arm();
  const ended = work.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}
