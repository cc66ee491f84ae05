import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { publishVersion } from "../publish/publish-version.ts";
import { renderHtml } from "./render-html.ts";
import { renderMarkdown } from "./render-markdown.ts";
import type { Study } from "./study.ts";

interface StudyPlace {
  /** Directory of all datasets; the report appears as `<output>/<goal>` in it. */
  readonly datasets: string;
  readonly output: string;
  /** Distinguishes those who might publish the same report at once. */
  readonly attempt: string;
}

/** A published report. */
export const publishedStudySchema = z.object({
  folder: z.string(),
  files: z.object({
    html: z.string(),
    markdown: z.string(),
    manifest: z.string(),
    pictures: z.array(z.string()),
    tables: z.array(z.string()),
  }),
});
export type PublishedStudy = z.output<typeof publishedStudySchema>;

/**
 * Publishes a study as a folder that appears whole or not at all: `report.html`, which needs none of the
 * other files, `report.md`, and for each section its chart (`<id>.svg`) and its rows (`<id>.json`).
 */
export function publishStudy(study: Study, place: StudyPlace): Promise<PublishedStudy> {
  const { datasets, output, attempt } = place;
  return publishVersion(
    { datasets, dataset: output, version: study.goal, attempt },
    publishedStudySchema,
    async (making, folder) => {
      const pictures: string[] = [];
      const tables: string[] = [];
      for (const { id, chart, table } of study.sections) {
        if (chart !== undefined) {
          await writeFile(join(making, `${id}.svg`), chart);
          pictures.push(join(folder, `${id}.svg`));
        }
        if (table !== undefined) {
          await writeFile(join(making, `${id}.json`), `${JSON.stringify(table)}\n`);
          tables.push(join(folder, `${id}.json`));
        }
      }
      await writeFile(join(making, "report.html"), renderHtml(study));
      await writeFile(join(making, "report.md"), renderMarkdown(study));
      return {
        folder,
        files: {
          html: join(folder, "report.html"),
          markdown: join(folder, "report.md"),
          manifest: join(folder, "manifest.json"),
          pictures,
          tables,
        },
      };
    },
  );
}
