/** What the framework asks of the rooms around it. Declared here, implemented by them. */
import type { Account } from "../accounts/account.ts";
import type { Push } from "../protocol/push.ts";
import type { Json, Reply } from "../protocol/replies.ts";
import type { Logger } from "../telemetry/logger.ts";

/** One push on its way through the handlers. */
export interface Turn {
  readonly account: Account;
  readonly push: Push;
  readonly requestId: string;
  readonly log: Logger;
  /** When the answer must leave, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly env: Cloudflare.Env;
  /** Keeps work alive after the answer, for 30 s at most. */
  waitUntil(work: Promise<unknown>): void;
}

/** What came of a turn: a reply, nothing to say, or no end before the deadline. */
export type Answer =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "none" }
  | { readonly kind: "pending" };

/** Runs a push through the handlers and answers by its deadline. Never throws. */
export type Dispatch = (turn: Turn) => Promise<Answer>;

/** What `ctx.reply` returns. */
export interface ReplyReceipt {
  readonly id: string;
  /** Into how many messages the reply was split; 0 when no way to the user was open. */
  readonly parts: number;
}

/** Options of a job. */
export interface EnqueueOptions {
  /** Wait at least this long before the job runs. */
  readonly delaySeconds?: number;
}

/** Calls WeChat's API for one account. */
export interface WechatApi {
  /**
   * @throws {ApiError} when WeChat answers with an error number
   * @throws {ApiUnreachableError} when there is no answer
   */
  call<T>(method: "GET" | "POST", path: string, options?: ApiCallOptions): Promise<T>;
}

/** Parameters and body of an API call. */
export interface ApiCallOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** Which ways to the user this account and moment allow. */
export interface Capabilities {
  readonly push: boolean;
  readonly hold: boolean;
  readonly typing: boolean;
  readonly media: boolean;
}
