/**
 * Calls that are not made: those that the account's kind does not have, and those that WeChat has refused for today or
 * for good, until their time is over.
 */
import type { ApiError } from "../../errors.ts";
import { DAY_MS, shanghaiDay, startOfShanghaiDay } from "../../shanghai-time.ts";
import { refusal } from "./answer.ts";
import { IP_REFUSALS } from "./errcodes.ts";
import { type CallQuery, checkKind, type KindOfAccount, mayHave } from "./path-rights.ts";

/** A closed call. Crosses to the account's object and back. */
export interface Closure {
  /** `/cgi-bin/…` */
  readonly path: string;
  readonly errcode: number;
  readonly errmsg: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** When WeChat's next day begins: at midnight in China. */
export function nextBeijingMidnight(nowMs: number): number {
  return startOfShanghaiDay(shanghaiDay(nowMs) + 1);
}

/** How long a call is not made again after an address was refused: trying from there goes on being refused. */
const IP_REFUSED_MS = 300_000;

/**
 * What an error closes: a used-up quota until midnight, a call that the account lacks for a day, one from an address
 * that is not allowed for five minutes. Most close nothing.
 */
export function closureAfter(
  { reaction, path, errcode, errmsg, remembered, lacking }: ApiError,
  nowMs: number,
): Closure | undefined {
  if (remembered || lacking) return undefined;
  if (IP_REFUSALS.has(errcode)) return { path, errcode, errmsg, until: nowMs + IP_REFUSED_MS };
  if (reaction === "quota") return { path, errcode, errmsg, until: nextBeijingMidnight(nowMs) };
  return reaction === "permission" ? { path, errcode, errmsg, until: nowMs + DAY_MS } : undefined;
}

/** The closed calls of one account. */
export class Closures {
  readonly #account: KindOfAccount;
  readonly #byPath = new Map<string, Closure>();
  /** Paths of which the log says already that the account's kind does not have them: nothing will change that. */
  readonly #told = new Set<string>();

  constructor(account: KindOfAccount) {
    this.#account = account;
  }

  /** @throws {ApiError} when calls of that path are closed */
  check(path: string, nowMs: number, query?: CallQuery): void {
    checkKind(this.#account, path, query);
    const closed = this.#byPath.get(path);
    if (closed === undefined) return;
    if (nowMs < closed.until) throw refusal(closed.errcode, closed.errmsg, path, true);
    this.#byPath.delete(path);
  }

  /** Whether this was asked of the path before: what the account's kind does not have is told once. */
  wasTold(path: string): boolean {
    const was = this.#told.has(path);
    this.#told.add(path);
    return was;
  }

  /** Whether calls of that path may be made. */
  isOpen(path: string, nowMs: number): boolean {
    const closed = this.#byPath.get(path);
    return mayHave(this.#account, path) && (closed === undefined || nowMs >= closed.until);
  }

  close(closure: Closure): void {
    this.#byPath.set(closure.path, closure);
  }

  /** Takes over what all isolates together know. */
  replace(closures: readonly Closure[]): void {
    this.#byPath.clear();
    for (const closure of closures) this.close(closure);
  }
}
