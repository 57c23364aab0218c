/**
 * Errors that a developer or operator gets to see: few classes, each with a stable `code`, a message that says what
 * happened and a `hint` that says what to do.
 */

/** Every code, with what to do about it. The table in docs/errors.md is generated from this. */
export const ERROR_HINTS = {
  config_invalid:
    "Set the named variables in .dev.vars, or with `wrangler secret put` for a deployed Worker.",
  selector_unknown:
    'Use one of the selectors of docs/pushes.md; for a push without one, `filter` on "message" or "event".',
  composer_cycle: "A Composer cannot be mounted into itself; make a second one.",
  next_called_twice: "Call `next` at most once in a handler.",
  reply_field_missing: "Give the field that the message names; WeChat refuses the reply without it.",
  reply_too_many_articles:
    "Send fewer articles: WeChat shows one to a user who sent a message, up to eight after an event.",
  reply_not_allowed: "Use a reply type that this product accepts for a passive reply.",
  reply_not_text: "Give a string, a reply made by text(), image() …, or an async iterable of strings.",
  job_name_taken: "Give every `defer` and `job` a name of its own.",
  job_name_missing: "Give the deferred handler a name: its jobs are found by it.",
  job_unknown: "Register the job with `bot.job(name, handler)` before it is enqueued.",
  job_delay_too_long: "Without a queue a job can wait 20 s at most; use a smaller `delaySeconds`.",
  job_payload_not_json: "A job's payload must survive JSON: no functions, no class instances, no cycles.",
  api_unavailable: "This deployment has no WeChat API client; answer with `ctx.reply`.",
  api_unreachable: "WeChat's API did not answer; `outcome` says whether the call may have taken effect.",
  api_refused: "WeChat refused the call; look `errcode` up in its list of return codes.",
} as const;

/** Stable names of what can go wrong. */
export type ErrorCode = keyof typeof ERROR_HINTS;

/** The base of all our errors. Compare `code`: `instanceof` does not survive a call to a Durable Object. */
export class WechatEdgeError extends Error {
  override readonly name: string = "WechatEdgeError";
  readonly code: ErrorCode;
  /** What to do. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = ERROR_HINTS[code];
  }
}

/** The configuration is incomplete or contradicts itself. The message lists every fault found. */
export class ConfigError extends WechatEdgeError {
  override readonly name = "ConfigError";
}

/** A selector that names no push, or handlers wired in a way that cannot work. */
export class SelectorError extends WechatEdgeError {
  override readonly name = "SelectorError";
}

/** A reply that WeChat would refuse. */
export class ReplyError extends WechatEdgeError {
  override readonly name = "ReplyError";
}

/** A deferred handler or job that cannot be accepted. */
export class JobError extends WechatEdgeError {
  override readonly name = "JobError";
}

/** WeChat answered an API call with an error number. */
export class ApiError extends WechatEdgeError {
  override readonly name = "ApiError";
  readonly errcode: number;
  readonly errmsg: string;

  constructor(errcode: number, errmsg: string, options?: ErrorOptions) {
    super("api_refused", `WeChat answered ${errcode}: ${errmsg}`, options);
    this.errcode = errcode;
    this.errmsg = errmsg;
  }
}

/** An API call without an answer. `not-sent`: it had no effect. `unknown`: nobody can tell. */
export class ApiUnreachableError extends WechatEdgeError {
  override readonly name = "ApiUnreachableError";
  readonly outcome: "not-sent" | "unknown";

  constructor(outcome: "not-sent" | "unknown", message: string, options?: ErrorOptions) {
    super("api_unreachable", message, options);
    this.outcome = outcome;
  }
}
