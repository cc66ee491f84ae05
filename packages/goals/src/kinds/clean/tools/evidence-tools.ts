import { defineTool, type Tool } from "@troupe/agents";
import {
  adoptRules,
  describeSource,
  describeSources,
  inferRules,
  inspectionChoiceSchema,
  inspectSource,
  listFiles,
  locateFile,
  measureVersion,
  needsNoMending,
  profileSource,
  readLatestVersion,
  readWrittenRules,
  writtenRulesSchema,
} from "@troupe/data";
import { z } from "zod";
import { partitionSchema } from "../../../parts/partition.ts";
import { type DelegationReport, joinReports } from "../../../parts/team.ts";
import { outputNameSchema } from "../../output-name.ts";
import { toldFaults } from "./told-faults.ts";
import { type CleanWork, profiled } from "./work.ts";

const recallInput = z.object({ dataset: outputNameSchema });
const profileInput = z.object({
  /** Of a file, a pattern for the names of some, or paths of several. */
  path: z.union([z.string(), z.array(z.string())]),
  partition: partitionSchema.prefault({}),
  quality: inspectionChoiceSchema.optional(),
});
/** `rules`: those that somebody wrote, or the path of a file of them, as the nodes see it. */
const draftRulesInput = profiled.extend({
  rules: z.union([z.string(), writtenRulesSchema]).optional(),
});

/** What finds out about a source, and what rules the evidence supports. */
export function evidenceTools(work: CleanWork): readonly Tool[] {
  const { engine, readable, datasets, rulesOff, at, divided } = work;
  return [
    defineTool({
      type: "profile",
      purpose:
        "finds out what a file, or several, are, counts what is in it and looks for what is wrong",
      input: profileInput,
      cache: {
        // What is not looked for is not found: a node that leaves rules out has results of its own.
        version: [measureVersion(), ...rulesOff.toSorted()].join(" "),
        files: async ({ path, partition }) => {
          // Several files are read from a copy that is this goal's.
          if (typeof path !== "string" || (await listFiles(path, readable)) !== undefined) {
            return undefined;
          }
          const { size } = await locateFile(path, readable);
          // What is found out about a large file includes where this goal keeps its copy.
          if (size > partition.above) return undefined;
          const source = await describeSource(path, readable);
          // As does what is found out about one that had to be copied to be read.
          const asItIs = source.encoding === undefined && (await needsNoMending(source));
          return asItIs ? { source: source.sha256 } : undefined;
        },
      },
      run: ({ path, partition, quality }, job) =>
        at(job).once(async () => {
          const source = await describeSources(path, readable);
          const delegations: DelegationReport[] = [];
          const told = (report: DelegationReport) => void delegations.push(report);
          const division =
            source.bytes <= partition.above
              ? undefined
              : divided(job).profile(source, at(job).writer, told);
          const profile = await profileSource(engine, source, job.signal, division, at(job).folder);
          const isDivided = delegations.length > 0;
          const without = [...new Set([...rulesOff, ...(quality?.off ?? [])])];
          const faults = isDivided
            ? await divided(job).inspect(profile, at(job).writer, without, told)
            : await inspectSource(engine, profile, { without }, job.signal);
          return {
            ...profile,
            faults: toldFaults(faults),
            ...(without.length === 0 ? {} : { rulesOff: without }),
            ...(isDivided ? { delegation: joinReports(delegations) } : {}),
          };
        }),
    }),
    defineTool({
      type: "recall",
      purpose: "finds what the version that was published last was made of",
      input: recallInput,
      run: async ({ dataset }) => {
        const { schemas = null, profile } = await readLatestVersion(datasets, dataset);
        const { faults: _faults, ...known } = profile ?? {};
        return { before: schemas, profile: profile === undefined ? null : known };
      },
    }),
    defineTool({
      type: "draft-rules",
      purpose: "writes down the rules that the evidence supports",
      input: draftRulesInput,
      run: async ({ profile, schema, rules: given }, job) => {
        const inferred = inferRules(profile, schema);
        if (given === undefined) return { rules: inferred };
        const written =
          typeof given === "string"
            ? await readWrittenRules((await locateFile(given, readable)).real)
            : given;
        return { rules: [...inferred, ...(await adoptRules(engine, written, schema, job.signal))] };
      },
    }),
  ];
}
