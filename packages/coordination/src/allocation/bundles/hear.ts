import { type BundleAgent, depart, isHigher, releaseLost, type View } from "./bundle-agent.ts";

/** What becomes of a belief: the sender's is taken over, none is left, or it stays. */
type Ruling = "update" | "reset" | "leave";

/** What receiver and sender believe of one task. */
interface Case {
  readonly receiver: string;
  readonly sender: string;
  /** Who has it as the sender sees it, and as the receiver does. */
  readonly said: string | null;
  readonly held: string | null;
  /** The sender knows of a higher bid. */
  readonly higher: boolean;
  /** The sender has heard of the agent more lately than the receiver. */
  readonly newer: (agent: string) => boolean;
  /** The receiver has heard of the agent more lately than the sender. */
  readonly older: (agent: string) => boolean;
}

/**
 * Takes in a neighbour's view, task by task, and gives up what is lost. One that is older than what was heard of that neighbour
 * before changes nothing, so that views may come late, twice, or not at all if another comes after them.
 *
 * @returns whether the agent believes something else now
 */
export function hear(agent: BundleAgent, view: View): boolean {
  const { spec, bids, winners, heard, gone } = agent;
  const { from: sender } = view;
  if (sender === spec.id || view.at <= (heard.get(sender) ?? 0)) return false;
  let hasChanged = false;
  for (const id of view.gone) hasChanged = depart(agent, id) || hasChanged;
  const newer = (id: string): boolean =>
    id !== spec.id && (view.heard[id] ?? 0) > (heard.get(id) ?? 0);
  const older = (id: string): boolean => (view.heard[id] ?? 0) < (heard.get(id) ?? 0);
  for (let task = 0; task < spec.tasks; task += 1) {
    const named = view.winners[task] ?? null;
    const said = named === null || gone.has(named) ? null : named;
    const bid = said === null ? 0 : (view.bids[task] ?? 0);
    const held = winners[task] ?? null;
    const higher = isHigher(bid, said, bids[task] ?? 0, held);
    const ruling = rule({ receiver: spec.id, sender, said, held, higher, newer, older });
    if (ruling === "leave") continue;
    const [winner, height] = ruling === "update" ? [said, bid] : [null, 0];
    if (winner === held && height === bids[task]) continue;
    winners[task] = winner;
    bids[task] = height;
    hasChanged = true;
  }
  for (const [id, at] of Object.entries(view.heard)) {
    if (newer(id)) heard.set(id, at);
  }
  heard.set(sender, view.at);
  releaseLost(agent);
  return hasChanged;
}

/** Table I of the paper. */
export function rule(beliefs: Case): Ruling {
  const { receiver, sender, said, held, higher, newer } = beliefs;
  switch (said) {
    case sender:
      if (held === receiver) return higher ? "update" : "leave";
      if (held === sender || held === null) return "update";
      return newer(held) || higher ? "update" : "leave";
    case receiver:
      if (held === sender) return "reset";
      if (held === receiver || held === null) return "leave";
      return newer(held) ? "reset" : "leave";
    case null:
      if (held === receiver || held === null) return "leave";
      if (held === sender) return "update";
      return newer(held) ? "update" : "leave";
    default:
      return ruleOnThird(beliefs, said);
  }
}

/** The sender says that somebody has it who is neither of the two. */
function ruleOnThird(
  { receiver, sender, held, higher, newer, older }: Case,
  third: string,
): Ruling {
  if (held === receiver) return newer(third) && higher ? "update" : "leave";
  if (held === sender) return newer(third) ? "update" : "reset";
  if (held === third || held === null) return newer(third) ? "update" : "leave";
  if (newer(third) && (newer(held) || higher)) return "update";
  return newer(held) && older(third) ? "reset" : "leave";
}
