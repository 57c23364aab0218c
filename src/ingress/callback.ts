/** The way of a push, top to bottom. */
import type { Answer, Turn } from "../framework/ports.ts";
import { Failure } from "../protocol/failures.ts";
import { pushKey } from "../protocol/push-key.ts";
import { errorFields } from "../telemetry/logger.ts";
import { refuse, reply, silence } from "./answer.ts";
import type { Scope } from "./scope.ts";
import { type Verified, verifyPush } from "./verify.ts";

/**
 * Answers one push: verifies, decrypts and parses it, has it handled, and encodes and encrypts the reply.
 *
 * What is not believed gets one generic line with a 4xx status. What is believed is always answered with 200: an
 * error status would make WeChat send the push again and tell the user that the account is out of order.
 */
export async function answerPush(scope: Scope): Promise<Response> {
  const verified = await verifyPush(scope);
  if (verified instanceof Failure) return refuse(scope, verified);
  try {
    const answer = await scope.dispatch(turnOf(scope, verified));
    if (answer.kind === "silence") await scope.sleepUntil(answer.until);
    const response =
      answer.kind === "reply" ? await reply(scope, verified, answer.reply) : silence(scope, verified.account);
    logAnswer(scope, verified, answer);
    return response;
  } catch (error) {
    scope.log.error("answer_failed", {
      account: verified.account.id,
      selector: verified.push.type,
      ...errorFields(error),
    });
    return silence(scope, verified.account);
  }
}

function turnOf(scope: Scope, { account, push }: Verified): Turn {
  const { ids, log, env, settings, arrived, apis } = scope;
  const deadline = arrived + (account.replyDeadlineMs ?? settings.replyDeadlineMs);
  return {
    account,
    push,
    skipped: [],
    requestId: ids.requestId,
    log,
    env,
    clock: scope.clock,
    api: () => apis.of(account.id, log),
    isOpen: (path) => apis.isOpen(account.id, path),
    deadline,
    answerBy: deadline,
    said: [],
    waitUntil: (work) => scope.waitUntil(work),
  };
}

function logAnswer(scope: Scope, { account, push }: Verified, answer: Answer): void {
  const replied = answer.kind === "reply";
  const { message } = push;
  const fields = {
    account: account.id,
    product: account.product,
    selector: push.type,
    message_key: pushKey(push),
    route: answer.kind === "silence" ? "hold" : answer.route,
    outcome: replied ? answer.reply.MsgType : answer.kind,
    duration_ms: scope.clock() - scope.arrived,
  };
  const content = scope.settings.logContent
    ? { user: message.FromUserName, content: message, reply: answer }
    : undefined;
  scope.log.info("push_answered", content ? { ...fields, ...content } : fields);
}
