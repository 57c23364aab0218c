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
  job_delay_too_long: "Use a `delaySeconds` from 0 to 2,592,000 (30 days).",
  job_payload_not_json: "A job's payload must survive JSON: no functions, no class instances, no cycles.",
  job_payload_too_large: "Keep what is large in KV or R2 and give the job its key.",
  job_option_invalid: "Use a value in the range that the message names; longer work is several jobs.",
  job_run_lost:
    "Another run of the same job has taken over, or it was cancelled: end quietly. `ctx.signal` aborts when that happens.",
  job_timed_out: "Give the job a larger `timeoutMs`, or less to do. It is not run again by itself.",
  dead_letter_unknown:
    "List the dead letters again: this one was run again or dropped, or its 14 days are over.",
  dead_letter_unreadable: "Drop it: what came out of the queue names no job, so there is nothing to run.",
  dead_letter_refused:
    "Deploy the version that gave the job up, or a later one, and run it again; or drop it.",
  dead_letter_unreachable: "Try again in a moment: the letter is still there.",
  session_not_json:
    "Keep plain JSON in ctx.session: texts, numbers, booleans, null, arrays and plain objects.",
  api_not_configured:
    "Set WECHAT_APP_ID and WECHAT_APP_SECRET (appId and appSecret in ACCOUNTS); passive replies need neither.",
  api_input_invalid: "Change what the message names: WeChat would refuse it, so nothing was sent.",
  api_refused: "Look the errcode up in docs/errcodes.md; `reaction` says what kind of refusal it is.",
  api_unreachable:
    "WeChat's API could not be reached; `outcome` says whether the call may have taken effect.",
  api_timed_out:
    "WeChat's API was too slow; `outcome` says whether the call may have taken effect. Slow work belongs into `defer`.",
  api_answer_unreadable:
    "Something else than WeChat's API answered (a proxy's page?), or half an answer came; `outcome` says whether the call may have taken effect.",
  api_paused:
    "Several calls in a row had no answer, so none is made for some seconds. Try again later; nothing was sent.",
  api_cancelled: "The caller's `signal` aborted the call; `outcome` says whether it may have taken effect.",
  api_relay_refused:
    "Give WECHAT_RELAY_SECRET the relay's own RELAY_SECRET, and set the relay's clock right; nothing was sent.",
  model_refused:
    "The model's server refuses the call: look at the key, the model's name and the base URL (MODEL_API_KEY, MODEL_NAME, MODEL_BASE_URL).",
  model_busy:
    "The model's server is overloaded or over its quota; `retryAfterSeconds` says when to ask again.",
  model_unreachable: "The model's server could not be reached: look at MODEL_BASE_URL.",
  model_stalled:
    'The model took too long or its answer broke off; slower models are asked with `via: "queue"`.',
  model_unreadable:
    "Something else than a model's answer came: does MODEL_BASE_URL end before /chat/completions?",
  model_empty: "The model had nothing to say; look at its limits and filters.",
} as const;

/** Stable names of what can go wrong. */
export type ErrorCode = keyof typeof ERROR_HINTS;

/** The base of all our errors. Compare `code`: `instanceof` does not survive a call to a Durable Object. */
export class WechatEdgeError extends Error {
  override readonly name: string = "WechatEdgeError";
  readonly code: ErrorCode;
  /** What to do. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly hint?: string }) {
    super(message, options);
    this.code = code;
    this.hint = options?.hint ?? ERROR_HINTS[code];
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

/** A session value that could not be kept. */
export class SessionError extends WechatEdgeError {
  override readonly name = "SessionError";

  constructor(message: string, options?: ErrorOptions) {
    super("session_not_json", message, options);
  }
}

/** A deferred handler or job that cannot be accepted. */
export class JobError extends WechatEdgeError {
  override readonly name = "JobError";
}

/**
 * What an error number asks for. `retry`: the call was repeated and WeChat is still busy. `renew_token`: a new token
 * was refused as well. `quota`: this call is used up until midnight in Beijing. `window`: the user must write first.
 * `permission`: the account does not have this call. `operator`: somebody must change a setting at WeChat.
 * `recipient`: this user cannot be reached. `input`: the call itself is wrong.
 */
export type ApiReaction =
  "retry" | "renew_token" | "quota" | "window" | "permission" | "operator" | "recipient" | "input";

/** What is known of a refused call besides its number. */
export interface ApiErrorFacts extends ErrorOptions {
  /** `/cgi-bin/…`, without its query. */
  readonly path: string;
  readonly reaction: ApiReaction;
  /** What to do. */
  readonly hint: string;
  /** Whether no call was made, because WeChat has refused the same one a short while ago. */
  readonly remembered?: boolean;
  /** Whether no call was made, because the account's kind does not have it; `errmsg` says so in our words. */
  readonly lacking?: boolean;
}

/** WeChat answered an API call with an error number, or is known to: the call had no effect. */
export class ApiError extends WechatEdgeError {
  override readonly name = "ApiError";
  readonly errcode: number;
  /** WeChat's own words, or ours where WeChat was not asked; they change, so compare `errcode`. */
  readonly errmsg: string;
  readonly path: string;
  readonly reaction: ApiReaction;
  /** No call was made: WeChat has refused the same one a short while ago. */
  readonly remembered: boolean;
  /** No call was made: the account's kind does not have it. */
  readonly lacking: boolean;

  constructor(errcode: number, errmsg: string, facts: ApiErrorFacts) {
    const { path, lacking = false } = facts;
    const what = lacking ? `WeChat was not asked: ${errmsg}` : `WeChat answered ${errcode} (${errmsg})`;
    super("api_refused", `${path}: ${what}`, facts);
    this.errcode = errcode;
    this.errmsg = errmsg;
    this.path = path;
    this.reaction = facts.reaction;
    this.remembered = facts.remembered ?? false;
    this.lacking = lacking;
  }
}

/** Codes of a call that brought no answer of WeChat's. */
export type UnreachableCode = Extract<
  ErrorCode,
  | "api_unreachable"
  | "api_timed_out"
  | "api_answer_unreadable"
  | "api_paused"
  | "api_cancelled"
  | "api_relay_refused"
>;

/** Whether a call without an answer may have taken effect. `not-sent`: it had none. `unknown`: nobody can tell. */
export type CallOutcome = "not-sent" | "unknown";

/** An API call without an answer of WeChat's. */
export class ApiUnreachableError extends WechatEdgeError {
  override readonly name = "ApiUnreachableError";
  declare readonly code: UnreachableCode;
  readonly outcome: CallOutcome;

  constructor(code: UnreachableCode, outcome: CallOutcome, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.outcome = outcome;
  }
}

/** An API call that WeChat would refuse for what it was given: too large, of the wrong type, empty. Nothing was sent. */
export class ApiInputError extends WechatEdgeError {
  override readonly name = "ApiInputError";

  constructor(message: string, options?: ErrorOptions) {
    super("api_input_invalid", message, options);
  }
}
