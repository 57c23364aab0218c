/** What the framework asks of the rooms around it. Declared here, implemented by them. */
import type { KnownAccount } from "../accounts/account.ts";
import type { WechatApi } from "../api/client.ts";
import type { Push } from "../protocol/push.ts";
import type { Reply } from "../protocol/replies.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { SessionCopy } from "./session.ts";
import type { WorkOrder } from "./work.ts";

/** A push to be handled, and what it came with. */
export interface Turn {
  readonly account: KnownAccount;
  readonly push: Push;
  /** Messages of the same user that this run stands for as well, the oldest first. */
  readonly skipped: readonly Push[];
  /** Replies that earlier runs of the same job have made. */
  readonly said: readonly Reply[];
  readonly requestId: string;
  readonly log: Logger;
  /** When the answer must leave, or a job's time is over, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Until when a reply may still answer the push itself, in milliseconds since the epoch; unset when none can. */
  readonly answerBy: number | undefined;
  readonly env: Cloudflare.Env;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The account's API; made when a handler asks for it. */
  readonly api: () => WechatApi;
  /** Whether calls of that path are not closed to the account. */
  readonly isOpen: (path: `/${string}`) => boolean;
  /** Keeps work alive after the answer, for 30 s at most. */
  waitUntil(work: Promise<unknown>): void;
}

/** Where a reply stands in a text that was split. */
export interface TextPart {
  /** The number of the reply that the text begins with. */
  readonly of: number;
  /** The white space that was lost at the cut before it. */
  readonly gap: string;
}

/** What is around a run: where its replies go, and what it remembers of the user. */
export interface RunSurroundings {
  /**
   * Takes the `n`-th reply of the run (from 1), which has passed all transformers. A run that is made again gives the
   * same numbers again: what was recorded under one is not recorded twice.
   *
   * @param more whether the run is certain to say more: the rest of a long text
   * @param part set when it goes on with a text that an earlier reply has begun
   * @returns into how many messages it went; 0 when no way to the user is open
   */
  record(reply: Reply, n: number, more: boolean, part?: TextPart): number | Promise<number>;
  /** A copy of the user's session, to be changed by this run. */
  readonly session: SessionCopy;
  /** Whether a late answer can wait for WeChat's next attempt. */
  readonly canHold: boolean;
  /**
   * Takes work that the run puts off: the `n`-th (from 1). What was ordered under a number is not ordered twice.
   *
   * @throws {JobError} when it cannot be put on record
   */
  order(order: WorkOrder, n: number): void | Promise<void>;
  /** Ends whatever else of the same user is under way. */
  cancel(): void | Promise<void>;
}

/** What came of a turn: a reply, nothing to say, or no end before the deadline. */
export type Answer =
  | { readonly kind: "reply"; readonly reply: Reply; readonly route: "passive" | "hold" | "mailbox" | "text" }
  | { readonly kind: "none"; readonly route?: "push" | undefined }
  /** No answer is given on purpose: WeChat will ask again. */
  | { readonly kind: "silence"; readonly until: number };

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
  /** Wait at least this long before the job runs: from 0 to 2,592,000 (30 days). */
  readonly delaySeconds?: number;
}

/** What this account may do at this moment: by its kind and credentials, and by what WeChat has refused lately. */
export interface Capabilities {
  /** `ctx.api.customerService.send`, and late replies by it. */
  readonly push: boolean;
  /** WeChat's retries can be waited for. */
  readonly hold: boolean;
  /** `ctx.api.customerService.typing`. */
  readonly typing: boolean;
  /** Pictures and other media can be uploaded and sent. */
  readonly media: boolean;
}
