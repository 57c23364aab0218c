/** What the framework asks of the rooms around it. Declared here, implemented by them. */
import type { Account } from "../accounts/account.ts";
import type { WechatApi } from "../api/client.ts";
import type { Push } from "../protocol/push.ts";
import type { Reply } from "../protocol/replies.ts";
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
  /** The account's API; made when a handler asks for it. */
  readonly api: () => WechatApi;
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

/** What this account may do at this moment: by its kind and credentials, and by what WeChat has refused lately. */
export interface Capabilities {
  /** `ctx.api.customerService.send`. */
  readonly push: boolean;
  /** WeChat's retries can be waited for; not yet. */
  readonly hold: boolean;
  /** `ctx.api.customerService.typing`. */
  readonly typing: boolean;
  /** Pictures and other media can be uploaded and sent. */
  readonly media: boolean;
}
