import { readingInWords } from "../source/encoding-words.ts";
import { nameAmong } from "../source/file-rows.ts";
import { number } from "./markdown.ts";
import type { ReportInput } from "./report-input.ts";

/** What is told of a dataset's files. */
interface FilesTold {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Places of columns that hold numbers. */
  readonly numbers: readonly number[];
}

/** The files of a dataset that is made of several, and what became of their rows. */
export function filesTable({ files }: ReportInput): FilesTold | undefined {
  if (files === undefined) return undefined;
  return {
    head: ["file", "rows", "kept", "set aside", "repeated", "standing out", "written in", "sha256"],
    rows: files.map((file) => [
      file.path,
      ...[file.rows, file.kept, file.quarantined, file.duplicates, file.faults].map(number),
      file.encoding ?? file.format,
      `${file.sha256.slice(0, 16)}…`,
    ]),
    numbers: [1, 2, 3, 4, 5],
  };
}

/** How they differ from each other. */
export function differencesTable({ profile }: ReportInput): FilesTold {
  const { differences = [], source } = profile;
  const nameOf = (path: string): string => nameAmong(path, source.files ?? []);
  return {
    head: ["file", "what", "evidence"],
    rows: differences.map(({ file, kind, evidence }) => [nameOf(file), kind, evidence]),
    numbers: [],
  };
}

/** What became of files that are not in UTF-8, in a sentence each. */
export function encodingsInWords({ profile: { source } }: ReportInput): readonly string[] {
  const { files } = source;
  if (files === undefined) return [readingInWords(source) ?? []].flat();
  return files.flatMap((file) => {
    const words = readingInWords(file);
    return words === undefined ? [] : [`${nameAmong(file.path, files)}: ${words}`];
  });
}
