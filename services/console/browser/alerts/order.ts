import type { AlertOrder, AlertOrdered } from "@troupe/telemetry";
import { post } from "../api.ts";

/** Says something about alerts to a node. @returns what came of it, in words */
export async function orderAlerts(node: string, order: AlertOrder, done: string): Promise<string> {
  const { refused } = await post<AlertOrdered>(`/api/nodes/${node}/alerts`, order);
  return refused ?? done;
}
