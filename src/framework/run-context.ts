/** The context that handlers are given, over the run it belongs to. */
import type { AccountView } from "../accounts/account.ts";
import { rightsOf } from "../accounts/rights.ts";
import { SharedContext } from "../accounts/shared-context.ts";
import type { WechatApi } from "../api/client.ts";
import { SEND_PATH, TYPING_PATH } from "../api/calls/customer-service.ts";
import type { AnyPush } from "../protocol/pushes/wire.ts";
import type { Json, Reply } from "../protocol/replies.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Context, JobContext, Match, Replyable, SessionData } from "./context.ts";
import type { Capabilities, EnqueueOptions, ReplyReceipt } from "./ports.ts";
import type { Run } from "./run.ts";

/** One object per run; `match` and `scene` change with the handler that is running. */
export class RunContext implements Context {
  readonly #run: Run;
  #api: WechatApi | undefined;
  #shared: SharedContext | undefined;
  match: Match | undefined = undefined;
  scene: string | undefined = undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** The run behind a context. Only contexts that we made have one. */
  static runOf(ctx: JobContext<object>): Run {
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
    const { kind, appSecret } = this.#run.turn.account;
    const { customerService, media } = rightsOf(kind);
    const hasApi = appSecret !== undefined;
    return {
      push: hasApi && customerService && this.#run.turn.isOpen(SEND_PATH),
      hold: this.#run.surroundings.canHold,
      typing: hasApi && customerService && this.#run.turn.isOpen(TYPING_PATH),
      media: hasApi && media,
    };
  }
  get api(): WechatApi {
    this.#api ??= this.#run.turn.api();
    return this.#api;
  }
  get skipped(): readonly AnyPush[] {
    return this.#run.turn.skipped.map(({ message }) => message);
  }
  get said(): readonly Reply[] {
    return this.#run.turn.said;
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

  get shared(): SharedContext {
    const { env, account, log, clock } = this.#run.turn;
    this.#shared ??= new SharedContext(env.KV, account.id, log, clock);
    return this.#shared;
  }

  get session(): SessionData {
    return this.#run.surroundings.session.data;
  }

  async cancel(): Promise<void> {
    await this.#run.surroundings.cancel();
  }

  reply(x: Replyable): Promise<ReplyReceipt> {
    return this.#run.reply(x, this);
  }

  enqueue(name: string, payload: Json, options?: EnqueueOptions): Promise<void> {
    return this.#run.enqueue(name, payload, options);
  }
}
