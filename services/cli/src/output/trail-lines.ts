import type { AgentTrail, TrailStep } from "@troupe/agents";
import type { GoalTrails } from "@troupe/goals";
import { counted, formatDuration } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { indented, printable, truncate, wrap } from "./text.ts";

/** The action by which an agent asks a person. */
const askingAction = "request_approval";

/** What agents did, step by step; inputs and observations each on one line, cut where it ends. */
export function trailLines({ goal, trails, more }: GoalTrails, screen: Screen): readonly string[] {
  if (trails.length === 0)
    return [`no agent reasons for goal ${printable(goal)}, or none has begun`];
  const cut = screen.paint("yellow", `${signs.warning} there is more: name one task with --task`);
  return [
    ...trails.flatMap((trail, index) => [...(index === 0 ? [] : [""]), ...oneTrail(trail, screen)]),
    ...(more ? ["", cut] : []),
  ];
}

function oneTrail(trail: AgentTrail, screen: Screen): readonly string[] {
  const { task, agent, depth, beganAt, lastAt, resumed, steps, spent, isWhole } = trail;
  const { paint, width } = screen;
  const facts = [
    ...(agent === undefined ? [] : [`by ${printable(agent)}`]),
    ...(depth === 0 ? [] : [`${counted(depth, "agent")} above it`]),
    ...(isWhole
      ? [
          formatDuration(lastAt - beganAt),
          counted(steps.filter(({ observed }) => observed !== undefined).length, "step"),
        ]
      : []),
    ...(spent.calls === 0 ? [] : [counted(spent.calls, "call"), counted(spent.tokens, "token")]),
    ...(resumed === 0 ? [] : [`taken up again ${counted(resumed, "time")}`]),
    ...(isWhole ? [] : ["only its end is kept"]),
  ];
  const lines = steps.flatMap((step) => [
    ...trail.interventions
      .filter(({ after }) => after === step.number - 1)
      .flatMap((one) => interventionLines(one, screen)),
    ...stepLines(step, screen),
  ]);
  const late = trail.interventions
    .filter(({ after }) => after >= steps.length)
    .flatMap((one) => interventionLines(one, screen));
  return [
    ...wrap(`${paint("bold", printable(task))}  ${facts.join(", ")}`, width),
    ...indented([...habitLines(trail, screen), ...lines, ...late, ...endLines(trail, screen)], 2),
  ];
}

/** What it did otherwise than it used to, and why. */
function habitLines({ habits }: AgentTrail, { paint, width }: Screen): readonly string[] {
  return (habits?.advice ?? []).flatMap((one) =>
    wrap(printable(`${signs.replanned} from experience: ${one}`), width - 2).map((line) =>
      paint("yellow", line),
    ),
  );
}

function stepLines(step: TrailStep, screen: Screen): readonly string[] {
  const { number, thought, action, input, mind, model, took, observed } = step;
  const { paint, width } = screen;
  const isAsking = action === askingAction && observed === undefined;
  const sign =
    observed === undefined
      ? paint("yellow", isAsking ? signs.asking : signs.arrow)
      : observed.ok
        ? paint("green", signs.done)
        : paint("red", signs.failed);
  const by = model ?? mind;
  const facts = [
    ...(observed === undefined
      ? []
      : [`quality ${observed.quality.toFixed(2)}`, formatDuration(observed.durationMs)]),
    ...(by === undefined ? [] : [`decided by ${printable(by)}`]),
    ...(took.tokens === 0 ? [] : [counted(took.tokens, "token")]),
  ];
  const room = width - 4;
  const part = (name: string, value: unknown): string => {
    const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
    return truncate(`${paint("dim", name.padEnd(8))}${printable(text)}`, room);
  };
  return [
    `${number} ${sign} ${printable(action)}  ${paint("dim", facts.join(", "))}`.trimEnd(),
    ...indented(
      [
        ...wrap(printable(thought), room).map((line) => paint("dim", line)),
        part("given", input),
        ...(observed === undefined ? [] : [part("seen", observed.observation)]),
        ...(isAsking ? ["a person is asked: 'troupe goal approve' answers"] : []),
      ],
      2,
    ),
  ];
}

function interventionLines(
  { why, advice, banned }: AgentTrail["interventions"][number],
  { paint, width }: Screen,
): readonly string[] {
  const told = advice.length === 0 ? "" : `; told: ${advice.join("; ")}`;
  const text = `${signs.warning} interrupted: ${why}${told}; ${counted(banned.length, "action")} forbidden`;
  return wrap(printable(text), width - 2).map((line) => paint("yellow", line));
}

function endLines({ end }: AgentTrail, { paint, width }: Screen): readonly string[] {
  if (end === undefined) return [];
  if ("result" in end) {
    const text = `${signs.done} result ${printable(JSON.stringify(end.result) ?? "nothing")}`;
    return [paint("green", truncate(text, width - 2))];
  }
  const { code, message } = end.stop;
  return wrap(printable(`${signs.failed} ${code}: ${message}`), width - 2).map((line) =>
    paint("red", line),
  );
}
