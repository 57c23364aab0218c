/**
 * How often each call was made today, and how often it may be.
 *
 * @see https://developers.weixin.qq.com/doc/service/Message_Management/API_Call_Limits.html
 */
import type { AccountKind } from "../account.ts";
import type { ApiEndpoint } from "./endpoint.ts";

export const CLEARINGS_A_MONTH = 10;
/** Quotas begin anew at midnight in China. */
const CHINA_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
/** Where nothing else is said, test accounts have this part of a verified account's quota. */
const TEST_ACCOUNT_SHARE = 10;

/** When the day of `now` began in China, in milliseconds since the epoch. */
export function dayStartOf(now: number): number {
  return Math.floor((now + CHINA_OFFSET_MS) / DAY_MS) * DAY_MS - CHINA_OFFSET_MS;
}

/** Calls a day that an account of a kind may make; `undefined` = as many as it likes. */
export function limitOf(endpoint: ApiEndpoint, kind: AccountKind): number | undefined {
  const { dailyLimit, testDailyLimit } = endpoint;
  if (dailyLimit === undefined || kind !== "test") return dailyLimit;
  return testDailyLimit ?? Math.ceil(dailyLimit / TEST_ACCOUNT_SHARE);
}

/** Calls of one account, by path. */
export class Usage {
  #day = 0;
  #used = new Map<string, number>();
  #month = "";
  #clearings = 0;

  /** Calls of today. */
  usedOf(path: string, now: number): number {
    this.#turn(now);
    return this.#used.get(path) ?? 0;
  }

  /** Counts a call. */
  count(path: string, now: number): void {
    this.set(path, this.usedOf(path, now) + 1, now);
  }

  /** Sets today's calls. */
  set(path: string, used: number, now: number): void {
    this.#turn(now);
    this.#used.set(path, used);
  }

  /**
   * Begins the day's count anew.
   *
   * @returns whether it was done: ten times a month it is
   */
  clear(now: number): boolean {
    this.#turn(now);
    if (this.#clearings >= CLEARINGS_A_MONTH) return false;
    this.#clearings++;
    this.#used.clear();
    return true;
  }

  #turn(now: number): void {
    const day = dayStartOf(now);
    if (day !== this.#day) this.#used = new Map();
    this.#day = day;
    const month = new Date(now + CHINA_OFFSET_MS).toISOString().slice(0, 7);
    if (month !== this.#month) this.#clearings = 0;
    this.#month = month;
  }
}
