/** Days by Shanghai's clock, which WeChat's quotas and most of its users go by. It has no summer time. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const SHANGHAI_MS = 8 * HOUR_MS;

/** The number of the day in Shanghai. @param nowMs milliseconds since the epoch */
export function shanghaiDay(nowMs: number): number {
  return Math.floor((nowMs + SHANGHAI_MS) / DAY_MS);
}

/** When that day begins, in milliseconds since the epoch. */
export function startOfShanghaiDay(day: number): number {
  return day * DAY_MS - SHANGHAI_MS;
}
