/**
 * Delivers a push as WeChat does, retries included.
 *
 * Documented: the connection is cut after five seconds and the push is sent again, three requests in all; `success`
 * and an empty body end it; an abnormal answer shows the user a notice. Whether WeChat repeats a push after anything
 * but a time-out (an abnormal answer, an error status, a refused connection) is not documented: here it does not.
 * Nor is it documented whether a repeated push carries a new timestamp and nonce: here it does, unless told otherwise.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { readXml, XmlFault } from "../src/protocol/xml-read.ts";
import { attemptPush, type SendingOptions } from "./attempt.ts";
import type { Attempt, Exchange, Outcome } from "./exchange.ts";
import { selectorOf } from "./push-xml.ts";
import type { ReplyReading } from "./read-reply.ts";
import { partiesOf, type PushText, signedPush, type SignedPush, type SigningOptions } from "./signed-push.ts";

/** Requests that WeChat makes for one push. */
export const MAX_ATTEMPTS = 3;

/** How a push is delivered. */
export interface DeliveryOptions extends SigningOptions, SendingOptions {
  /** Id of the account, for the report. Default `default`. */
  readonly account?: string | undefined;
  /** Id of the exchange. Default: a new one. */
  readonly id?: string | undefined;
  /** Requests in all while there is no answer in time. Default 3. */
  readonly maxAttempts?: number | undefined;
  /** Whether each attempt is signed (and sealed) anew. Default `true`. */
  readonly freshStamps?: boolean | undefined;
}

/**
 * Delivers a push and reports what the user sees of the answer. Takes up to 15 s when no answer comes.
 *
 * @param push made by `createPush`, or the XML itself
 * @throws {RangeError} when the mode needs a key and there is none, or it has not 43 characters
 * @example
 * const { outcome } = await deliver(createPush("text", { Content: "你好" }), { token, encodingAesKey, appId, url });
 */
export async function deliver(push: PushEnvelope | PushText, options: DeliveryOptions): Promise<Exchange> {
  const { maxAttempts = MAX_ATTEMPTS, freshStamps = true, account = "default" } = options;
  const envelope = typeof push === "string" ? envelopeOf(push) : push;
  const attempts: Attempt[] = [];
  let signed: SignedPush | undefined;
  let last: ReplyReading;
  do {
    if (signed === undefined || freshStamps) signed = await signedPush(push, options);
    const { attempt, reading } = await attemptPush(attempts.length + 1, signed, envelope, options);
    attempts.push(attempt);
    last = reading;
  } while (attempts.length < maxAttempts && last.kind === "abnormal" && last.reason === "timeout");
  return {
    id: options.id ?? crypto.randomUUID(),
    account,
    openid: envelope.FromUserName,
    type: selectorOf(envelope),
    attempts,
    outcome: outcomeOf(last, attempts),
  };
}

/** Sender, receiver and type of a text that a test wrote itself, as far as it has any. */
function envelopeOf(text: PushText): PushEnvelope {
  const { to, from } = partiesOf(text);
  const envelope = { ToUserName: to, FromUserName: from, CreateTime: "", MsgType: "" };
  try {
    const { MsgType, Event } = readXml(text);
    const event = typeof Event === "string" ? { Event } : {};
    return { ...envelope, ...event, MsgType: typeof MsgType === "string" ? MsgType : "" };
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    return envelope;
  }
}

function outcomeOf(last: ReplyReading, attempts: readonly Attempt[]): Outcome {
  switch (last.kind) {
    case "reply":
      return { kind: "reply", reply: last.reply };
    case "silence":
      return { kind: "silence" };
    case "abnormal": {
      const status = attempts.at(-1)?.response?.status;
      return last.reason === "refused" && status !== undefined
        ? { kind: "refused", status, fault: last.fault }
        : { kind: "notice", fault: last.fault };
    }
  }
}
