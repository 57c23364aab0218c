/** The context that handlers are given, over the run it belongs to. */
import type { AccountView } from "../accounts/account.ts";
import { ConfigError } from "../errors.ts";
import type { AnyPush } from "../protocol/pushes/wire.ts";
import type { Json } from "../protocol/replies.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Context, JobContext, Match, Replyable } from "./context.ts";
import type { Capabilities, EnqueueOptions, ReplyReceipt, WechatApi } from "./ports.ts";
import type { Run } from "./run.ts";

/** Without a conversation object the passive reply is the only way to a user. */
const PASSIVE_ONLY: Capabilities = { push: false, hold: false, typing: false, media: false };

const NO_API: WechatApi = {
  async call(method, path) {
    throw new ConfigError("api_unavailable", `${method} ${path}: this deployment has no WeChat API client.`);
  },
};

/** One object per run; `match` and `scene` change with the handler that is running. */
export class RunContext implements Context {
  readonly #run: Run;
  match: Match | undefined = undefined;
  scene: string | undefined = undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** The run behind a context. Only contexts that we made have one. */
  static runOf(ctx: JobContext): Run {
    if (#run in ctx) return ctx.#run;
    throw new TypeError("a handler must be called with the context that it was given");
  }

  get account(): AccountView {
    const { id, product, kind, appId, lateReplies } = this.#run.turn.account;
    return { id, product, kind, appId, lateReplies };
  }
  get message(): AnyPush {
    return this.#run.turn.push.message;
  }
  get can(): Capabilities {
    return PASSIVE_ONLY;
  }
  get api(): WechatApi {
    return NO_API;
  }
  get skipped(): readonly AnyPush[] {
    return [];
  }
  get deadline(): number {
    return this.#run.turn.deadline;
  }
  get env(): Cloudflare.Env {
    return this.#run.turn.env;
  }
  get log(): Logger {
    return this.#run.turn.log;
  }
  get requestId(): string {
    return this.#run.turn.requestId;
  }
  get signal(): AbortSignal {
    return this.#run.signal;
  }

  reply(x: Replyable): Promise<ReplyReceipt> {
    return this.#run.reply(x, this);
  }

  async enqueue(name: string, payload: Json, options?: EnqueueOptions): Promise<void> {
    this.#run.enqueue(this, name, payload, options);
  }
}
