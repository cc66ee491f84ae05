import type { Tool } from "@troupe/agents";
import { aloneTeam } from "../../../parts/team.ts";
import type { Workshop } from "../../../workshop/workshop.ts";
import { TaskFiles } from "../../task-files.ts";
import { Divider } from "../parts/divide.ts";
import { pieceWorker } from "../parts/piece.ts";
import { evidenceTools } from "./evidence-tools.ts";
import { publishingTools } from "./publishing-tools.ts";
import { shapingTools } from "./shaping-tools.ts";
import type { CleanWork } from "./work.ts";

/** What the tools of the cleaning agents work with. */
export type CleanToolOptions = Pick<
  Workshop,
  "node" | "engine" | "readable" | "workspace" | "datasets" | "team" | "rulesOff"
>;

/** The tools of agents that clean files: one for each action of the cleaning domain, and the profile. */
export function cleanTools(options: CleanToolOptions): readonly Tool[] {
  const { node, engine, readable, workspace, datasets, rulesOff = [] } = options;
  const { team = aloneTeam(node, pieceWorker(options)) } = options;
  const work: CleanWork = {
    engine,
    readable,
    datasets,
    rulesOff,
    at: (job) => new TaskFiles(workspace, job),
    divided: (job) => new Divider(team, workspace, job),
  };
  return [...evidenceTools(work), ...shapingTools(work), ...publishingTools(work)];
}
