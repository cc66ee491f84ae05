/** Reads a whole file as text; throws as `readFileSync` does. The only input of reading a machine. */
export type ReadText = (path: string) => string;

/** A file that should have told a limit, and did not. */
export interface LimitProblem {
  readonly path: string;
  readonly reason: string;
}

/** The files of a machine, as far as they can be read; remembers which could not, and why. */
export class MachineFiles {
  readonly problems: LimitProblem[] = [];
  readonly #read: ReadText;

  constructor(read: ReadText) {
    this.#read = read;
  }

  /** The text of a file without blanks around it; `undefined` when it is not there, or not readable. */
  text(path: string): string | undefined {
    try {
      return this.#read(path).trim();
    } catch (thrown) {
      if (!isAbsence(thrown)) this.complain(path, `could not be read: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  complain(path: string, reason: string): void {
    this.problems.push({ path, reason });
  }
}

function isAbsence(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
