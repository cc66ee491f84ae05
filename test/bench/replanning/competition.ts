import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Domain, type Fact, readHddl } from "@troupe/planning";
import type { Case, WorldEvent } from "./case.ts";

interface Source {
  readonly name: string;
  readonly directory: string;
  readonly problems: readonly string[];
  readonly refusable: readonly string[];
  readonly bookkeeping: readonly string[];
  readonly books: readonly string[];
  readonly events: Case["events"];
}

const all = (facts: readonly Fact[], predicate: string) =>
  facts.filter(([name]) => name === predicate);

/** Somebody stands elsewhere than before. */
const moves = (object: string, from: string, to: string): WorldEvent => ({
  removed: [["at", object, from]],
  added: [["at", object, to]],
});

/** A truck, or a package that waits, has been taken along a road. */
function taken(facts: readonly Fact[]): readonly WorldEvent[] {
  const roads = all(facts, "road");
  return all(facts, "at").flatMap(([, object = "", from = ""]) =>
    roads
      .filter(([, begin, end]) => begin === from && end !== from)
      .map(([, , to = ""]) => moves(object, from, to)),
  );
}

/** A rover has slipped to where it could have gone, or has lost its calibration. */
function slipped(facts: readonly Fact[]): readonly WorldEvent[] {
  const ways = all(facts, "can_traverse");
  return [
    ...all(facts, "at").flatMap(([, rover = "", from = ""]) =>
      ways
        .filter(([, who, begin]) => who === rover && begin === from)
        .map(([, , , to = ""]) => moves(rover, from, to)),
    ),
    ...all(facts, "calibrated").map((fact) => ({ removed: [fact], added: [] })),
  ];
}

const sources: readonly Source[] = [
  {
    name: "Transport",
    directory: "Transport",
    problems: ["pfile08", "pfile15", "pfile30"],
    refusable: ["pick_up"],
    bookkeeping: ["noop"],
    books: [],
    events: taken,
  },
  {
    name: "Rover",
    directory: "Rover-GTOHP",
    problems: ["p03", "p05", "p12"],
    refusable: [
      "navigate",
      "calibrate",
      "take_image",
      "communicate_soil_data1",
      "communicate_soil_data2",
      "communicate_rock_data1",
      "communicate_rock_data2",
      "communicate_image_data",
    ],
    bookkeeping: ["visit", "unvisit", "nop"],
    books: ["visited"],
    events: slipped,
  },
];

/** The domains of the planning competitions that the folder holds. */
export function competition(folder: string): readonly Case[] {
  return sources.flatMap((source): Case[] => {
    const read = (file: string) => readFileSync(join(folder, source.directory, file), "utf8");
    const present = ["domain", ...source.problems].every((file) =>
      existsSync(join(folder, source.directory, `${file}.hddl`)),
    );
    if (!present) return [];
    let domain: Domain | undefined;
    const problems = source.problems.map((name) => {
      const input = readHddl(read("domain.hddl"), read(`${name}.hddl`), {
        domain: `${source.directory}/domain.hddl`,
        problem: `${source.directory}/${name}.hddl`,
      });
      domain ??= input.domain;
      return { name, problem: input.problem };
    });
    if (domain === undefined) return [];
    return [
      {
        name: source.name,
        domain,
        problems,
        refusable: new Set(source.refusable),
        bookkeeping: new Set(source.bookkeeping),
        books: new Set(source.books),
        events: source.events,
      },
    ];
  });
}
