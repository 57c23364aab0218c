/** The only place where a result or a failure becomes HTTP. */
import type { Account } from "../accounts/account.ts";
import { DEFAULT_ACCOUNT } from "../accounts/definitions.ts";
import { ERROR_HINTS } from "../errors.ts";
import { strangerIsOverLimit } from "../limits/strangers.ts";
import { envelopeText, RANDOM_BYTES, sealEnvelope } from "../protocol/envelope.ts";
import type { Failure, FailureReason } from "../protocol/failures.ts";
import { encodeReply } from "../protocol/reply-encode.ts";
import type { Reply } from "../protocol/replies.ts";
import { errorFields } from "../telemetry/logger.ts";
import type { Scope } from "./scope.ts";
import type { Verified } from "./verify.ts";

const TOO_MANY_REQUESTS = 429;
const TEXT = headers("text/plain");
const ECHO = headers("text/plain", { "X-Content-Type-Options": "nosniff" });
const LIMITED = headers("text/plain", { "Retry-After": "60" });
const METHODS = headers("text/plain", { Allow: "GET, POST" });
const XML = headers("text/xml");
const JSON_TYPE = headers("application/json");

function headers(
  type: string,
  more: Readonly<Record<string, string>> = {},
): ResponseInit & { headers: Headers } {
  return { headers: new Headers({ "Content-Type": `${type}; charset=utf-8`, ...more }) };
}

/** A reply, sealed with the key that opened the push. */
export async function reply(scope: Scope, verified: Verified, content: Reply): Promise<Response> {
  const { push, key, token, account, stamp } = verified;
  const { FromUserName: to, ToUserName: from } = push.message;
  const createTime = Math.floor(scope.clock() / 1000);
  const text = encodeReply(content, { to, from, createTime }, push.format);
  const type = push.format === "json" ? JSON_TYPE : XML;
  if (!key) return respond(scope, text, type);
  const sealed = await sealEnvelope(text, {
    key,
    token,
    receiveId: account.receiveId,
    timestamp: String(createTime),
    nonce: stamp.nonce,
    random: scope.random(new Uint8Array(RANDOM_BYTES)),
  });
  return respond(scope, envelopeText(sealed, push.format), type);
}

/** Acknowledges a push and shows the user nothing. Never sealed. */
export function silence(scope: Scope, account: Account): Response {
  return respond(scope, account.dialect.silence, TEXT);
}

/** The answer to a URL check, byte for byte. */
export function echo(scope: Scope, echostr: string): Response {
  return respond(scope, echostr, ECHO);
}

/**
 * Refuses a request: strangers read one generic line, the operator's log gets the reason. The refusal is kept for
 * the operator, and counts against its sender's limit.
 */
export async function refuse(scope: Scope, failure: Failure): Promise<Response> {
  const { request, log } = scope;
  const status = statusOf(failure.reason);
  if (status < 500 && (await strangerIsOverLimit(scope.env.STRANGERS, request))) {
    return respond(scope, "refused", LIMITED, TOO_MANY_REQUESTS);
  }
  const path = new URL(request.url).pathname;
  // A path can name anything; records are kept for accounts that exist.
  const account = scope.accounts.has(scope.accountId) ? scope.accountId : DEFAULT_ACCOUNT;
  const isFirst = scope.refusals.record(
    account,
    { time: scope.arrived, path, reason: failure.reason, fact: failure.fact },
    {
      logs: scope.env.REFUSAL_LOGS,
      locationHint: scope.settings.locationHint,
      now: scope.arrived,
      waitUntil: (work) => scope.waitUntil(work),
      onError: (error) => log.warn("refusal_not_recorded", errorFields(error)),
    },
  );
  // A Worker that is not set up yet is not the sender's fault, so nothing limits such requests: what they can write is.
  if (status < 500 || isFirst) {
    const hint = status < 500 ? {} : { hint: ERROR_HINTS.config_invalid };
    log.warn("push_refused", { account, reason: failure.reason, fact: failure.fact, status, ...hint });
  }
  return respond(scope, "refused", failure.reason === "method_not_allowed" ? METHODS : TEXT, status);
}

function statusOf(reason: FailureReason): number {
  switch (reason) {
    case "signature_mismatch":
    case "msg_signature_mismatch":
    case "timestamp_outside_window":
    case "replayed_with_other_body":
      return 403;
    case "parameter_malformed":
    case "body_unreadable":
    case "push_malformed":
    case "envelope_missing":
    case "envelope_unopenable":
      return 400;
    case "account_unknown":
      return 404;
    case "method_not_allowed":
      return 405;
    case "body_too_large":
      return 413;
    case "account_misconfigured":
      return 503;
    default:
      return reason satisfies never;
  }
}

/**
 * Headers are the dearest part of a response: a prepared one is used as it is wherever nobody asked for an id. WeChat
 * never does.
 */
function respond(
  scope: Scope,
  body: string,
  init: ResponseInit & { headers: Headers },
  status = 200,
): Response {
  const { requestId, traceparent, continued } = scope.ids;
  if (!continued && status === 200) return new Response(body, init);
  const own = new Headers(init.headers);
  own.set("X-Request-ID", requestId);
  if (traceparent !== undefined) own.set("traceparent", traceparent);
  return new Response(body, { headers: own, status });
}
