/** How often one user may ask: counted in the user's session, where messages are handled one after the other. */
import type { Json } from "../../protocol/replies.ts";
import { HOUR_MS, shanghaiDay } from "../../shanghai-time.ts";

/** Bounds of one user's questions. */
export interface UserCaps {
  /** In an hour of the clock. Default: none. */
  readonly perHour?: number | undefined;
  /** In a day, by Shanghai's clock. Default: none. */
  readonly perDay?: number | undefined;
  /** Openids that are not counted. */
  readonly vip?: readonly string[] | undefined;
}

/** What came of counting one more question. */
export interface CapOutcome {
  readonly isAllowed: boolean;
  /** The session's entry from now on. */
  readonly entry: Json;
}

/** Counts one more question, if it is allowed. */
export function countQuestion(entry: unknown, { perHour, perDay }: UserCaps, nowMs: number): CapOutcome {
  const hour = Math.floor(nowMs / HOUR_MS);
  const day = shanghaiDay(nowMs);
  const inHour = countIn(entry, "hour", hour);
  const inDay = countIn(entry, "day", day);
  const isAllowed = (perHour === undefined || inHour < perHour) && (perDay === undefined || inDay < perDay);
  const more = isAllowed ? 1 : 0;
  return { isAllowed, entry: { hour: [hour, inHour + more], day: [day, inDay + more] } };
}

function countIn(entry: unknown, name: "hour" | "day", period: number): number {
  const counted: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, name) : undefined;
  if (!Array.isArray(counted)) return 0;
  const [of, count]: unknown[] = counted;
  return of === period && typeof count === "number" ? count : 0;
}
