import type { GoalView } from "@troupe/goals";
import { ApiError, post } from "./api.ts";

/** Publishes the same document under another id. @returns what came of it, in words */
export async function publishAgain({ goal }: GoalView): Promise<string> {
  const { id: _id, ...document } = goal;
  try {
    const receipt = await post<{ goal: string }>("/api/goals", document);
    return `published as ${receipt.goal}`;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
