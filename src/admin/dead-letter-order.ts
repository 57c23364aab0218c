/** Reads what an operator asks of the dead letters: which to list, and what to do about which. */
import type { DeadLetterListCall } from "../conversation/dead-letters.ts";

const DEFAULT_LISTED = 50;
const MAX_LISTED = 100;

/** Which of all letters are next: those after the place `after`, and none that came after `through`. */
export interface Walk {
  readonly after: number;
  readonly through?: number | undefined;
}

/** What is to be done about one letter, or about all. */
export type Order = { readonly action: "redrive" | "drop" } & (
  { readonly id: string } | { readonly walk: Walk }
);

/**
 * Reads the query of a listing.
 *
 * @returns what is wrong with it, else the call
 */
export function readListing(query: Readonly<Record<string, string>>): DeadLetterListCall | string {
  const { limit = String(DEFAULT_LISTED), before } = query;
  if (!isPositive(limit) || Number(limit) > MAX_LISTED) return `limit must be 1 to ${MAX_LISTED}`;
  if (before !== undefined && !isPositive(before)) return "before must be the `next` of another page";
  return { v: 1, limit: Number(limit), before: before === undefined ? undefined : Number(before) };
}

function isPositive(text: string): boolean {
  return /^[1-9][0-9]{0,14}$/.test(text);
}

/**
 * Reads the body of an order.
 *
 * @returns `undefined` when it is none
 */
export function readOrder(body: string): Order | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const [action, id, all, after, through]: unknown[] = ["action", "id", "all", "after", "through"].map(
    (name) => Reflect.get(parsed, name),
  );
  if (action !== "redrive" && action !== "drop") return undefined;
  if (all === undefined) return typeof id === "string" && id !== "" ? { action, id } : undefined;
  if (all !== true || id !== undefined) return undefined;
  if (!isPlaceOrUnset(after) || !isPlaceOrUnset(through)) return undefined;
  return { action, walk: { after: after ?? 0, through } };
}

function isPlaceOrUnset(value: unknown): value is number | undefined {
  return value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);
}
