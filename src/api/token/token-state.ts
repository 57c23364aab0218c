/** What is kept of an account's token, and the rules by which it is renewed: plain data, plain functions. */
import type { ApiError } from "../../errors.ts";
import { IP_REFUSALS } from "../request/errcodes.ts";
import { type Closure, nextBeijingMidnight } from "../request/closures.ts";
import type { Fetched } from "./token-fetch.ts";
import { DAY_MS } from "../../shanghai-time.ts";

/** A token or ticket in use. Times are in milliseconds since the epoch. */
export interface KeptToken {
  readonly value: string;
  readonly expiresAt: number;
  /** From then on a new one is fetched. */
  readonly renewAt: number;
}

/** A refusal that ends all fetching for a while. */
export interface Stop {
  readonly errcode: number;
  readonly errmsg: string;
  readonly path: string;
  readonly until: number;
}

/** Everything that is kept for one account, as one JSON text. */
export interface KeeperState {
  readonly v: 1;
  /** Fingerprint of the credentials: with others, nothing of this holds. */
  readonly owner: string;
  token: KeptToken | undefined;
  tickets: Record<string, KeptToken>;
  /** When stable tokens were renewed by force. */
  forced: readonly number[];
  /** When tokens were renewed because one was refused. */
  renewals: readonly number[];
  /** Refusals of the token call in a row. */
  refusals: number;
  stop: Stop | undefined;
  closures: readonly Closure[];
}

/** The state of an account that has called nothing yet. */
export function emptyState(owner: string): KeeperState {
  return {
    v: 1,
    owner,
    token: undefined,
    tickets: {},
    forced: [],
    renewals: [],
    refusals: 0,
    stop: undefined,
    closures: [],
  };
}

/** WeChat gives a new stable token in the last five minutes of the old one, and both are good until then. */
const RENEW_AHEAD_MS = 300_000;
/** Of a short-lived token, the last fifth is left for its renewal. */
const RENEW_AHEAD_SHARE = 0.2;

/** When a fetched token ends, and when it is renewed. */
export function keptToken({ value, expiresInSeconds }: Fetched, nowMs: number): KeptToken {
  const lifeMs = expiresInSeconds * 1000;
  const expiresAt = nowMs + lifeMs;
  return { value, expiresAt, renewAt: expiresAt - Math.min(RENEW_AHEAD_MS, lifeMs * RENEW_AHEAD_SHARE) };
}

/** WeChat's limits of forced renewals. */
const FORCED_INTERVAL_MS = 30_000;
const FORCED_PER_DAY = 20;

/** Whether a stable token may be renewed by force now. */
export function mayForce({ forced }: KeeperState, nowMs: number): boolean {
  const today = forced.filter((at) => nowMs - at < DAY_MS);
  return today.length < FORCED_PER_DAY && today.every((at) => nowMs - at >= FORCED_INTERVAL_MS);
}

/** The times that still count. */
export function recent(times: readonly number[], nowMs: number, withinMs: number): readonly number[] {
  return times.filter((at) => nowMs - at < withinMs);
}

/** Renewals a minute that refused tokens may cause; more means that renewing does not help. */
export const RENEWALS_PER_MINUTE = 2;
/** How long nothing is fetched when the credentials, the IP list or the account's state is wrong. */
export const STOP_MS = 300_000;
/** Tries that a wrong secret gets. */
const REFUSALS_BEFORE_STOP = 2;
/**
 * What a refused token call stops.
 *
 * @param refusals refusals in a row, this one included
 */
export function stopAfter(error: ApiError, refusals: number, nowMs: number): Stop | undefined {
  const { errcode, errmsg, path, reaction } = error;
  if (reaction === "retry") return undefined;
  if (reaction === "quota") return { errcode, errmsg, path, until: nextBeijingMidnight(nowMs) };
  return IP_REFUSALS.has(errcode) || refusals >= REFUSALS_BEFORE_STOP
    ? { errcode, errmsg, path, until: nowMs + STOP_MS }
    : undefined;
}
