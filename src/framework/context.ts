/** What a handler gets. */
import type { AccountView } from "../accounts/account.ts";
import type { SharedContext } from "../accounts/shared-context.ts";
import type { WechatApi } from "../api/client.ts";
import type { AnyPush, PushEnvelope } from "../protocol/pushes/wire.ts";
import type { Json, Reply } from "../protocol/replies.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Capabilities, EnqueueOptions, ReplyReceipt } from "./ports.ts";

/** What may be given to `ctx.reply`: a text, a reply made by `image()`, `news()` …, or a text that arrives in pieces. */
export type Replyable = string | Reply | AsyncIterable<string>;

/** What a matching pattern found; groups are typed as text, a group that took no part is `undefined` all the same. */
export type Match = RegExpMatchArray & Readonly<Record<1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9, string>>;

/** The part of the context that jobs have too. `S` is the type of the user's session. */
export interface JobContext<S extends object = SessionData> {
  /** The account that the work is done for. */
  readonly account: AccountView;
  /** The account's WeChat API. */
  readonly api: WechatApi;
  /** Which ways to the user are open. */
  readonly can: Capabilities;
  /** When the passive answer must leave, in milliseconds since the epoch. */
  readonly deadline: number;
  /** The Worker's bindings. */
  readonly env: Cloudflare.Env;
  /** Writes log lines that carry this request's ids. */
  readonly log: Logger;
  readonly requestId: string;
  /** What all handlers of the account share: read often, written seldom, in KV. */
  readonly shared: SharedContext;
  /**
   * What is remembered of this user: plain JSON, changed in place. Saved when the handler is done, key by key, so that
   * two runs at once do not overwrite each other's keys.
   */
  session: S;
  /**
   * The replies that earlier runs of the same deferred work have made, before they failed or died, in order: as many of
   * this run's are taken for the same ones, and not made again.
   */
  readonly said: readonly Reply[];
  /** Aborts when the run has used up its time. Pass it on to `fetch`. */
  readonly signal: AbortSignal;
  /**
   * Gets `x` to the user by the best way that is still open. Resolves when the reply is recorded, not when it is seen.
   *
   * The first reply of a run answers the push itself. Further ones, and those that come too late for that, go by the
   * account's late ways (`WECHAT_LATE_REPLIES`), in order. A text over 2,048 bytes becomes several messages.
   *
   * @throws {ReplyError} when WeChat would refuse the reply
   */
  reply(x: Replyable): Promise<ReplyReceipt>;
  /**
   * Has the job `name` run by the queue, now or after a delay. Resolves when it is on record: then it runs, whatever
   * dies, until it succeeds or its tries are used up and it becomes a dead letter.
   *
   * @param payload JSON, up to 262,144 bytes
   * @throws {JobError} when the job is unknown, its payload is no JSON or too large, or its delay out of range
   */
  enqueue(name: string, payload: Json, options?: EnqueueOptions): Promise<void>;
}

/** What a handler gets: the push, narrowed to what its selector says, and the ways to act on it. */
export interface Context<
  M extends PushEnvelope = AnyPush,
  S extends object = SessionData,
> extends JobContext<S> {
  /** The push, with the fields as WeChat names them. Every leaf is a string. */
  readonly message: M;
  /** What the pattern of `hears`, `click` or `scan` found; only there under a RegExp. */
  readonly match: Match | undefined;
  /** The scanned QR code's scene, without `qrscene_`; only there under `scan`. */
  readonly scene: string | undefined;
  /** Ends whatever else of the same user is under way, deferred work included: for `interrupt`. */
  cancel(): Promise<void>;
  /** Messages of the same user that this run stands for as well, the oldest first: see `overlap`. */
  readonly skipped: readonly AnyPush[];
}

/** A session of no declared type. */
export type SessionData = Record<string, Json | undefined>;

/** Hands on to the next handler that matches; resolves when that one is done. */
export type Next = () => Promise<void>;

/** A handler. What it returns is ignored: only `ctx.reply` replies. */
export type Middleware<C> = (ctx: C, next: Next) => unknown;

/** A handler of `bot.job`. */
export type JobHandler<S extends object, P extends Json> = (ctx: JobContext<S>, payload: P) => unknown;
