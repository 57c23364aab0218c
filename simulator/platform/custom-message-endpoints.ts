/**
 * Customer-service messages and the sign that somebody is typing.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
 * @see https://developers.weixin.qq.com/doc/service/api/customer/message/api_typing
 */
import type { Phone } from "../phones.ts";
import { readCustomMessage } from "./custom-messages.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type ApiResult,
  jsonOf,
  OK,
  textIn,
} from "./endpoint.ts";
import { recipientOf } from "./recipient.ts";
import { withLiteralEscapes } from "./unicode-escapes.ts";

/** Unless a message ends it before. */
const TYPING_MS = 15_000;

/** Who left is out of reach with the same code as who has been silent for too long; the message says so. */
function checkWindow(phone: Phone, now: number): void {
  const window = phone.following ? phone.window.check(now) : "closed";
  if (window === "closed") throw new ApiFailure(45015);
  if (window === "used-up") throw new ApiFailure(45047);
}

function sendCustomMessage(call: ApiCall): ApiResult {
  const json = jsonOf({ body: withLiteralEscapes(call.body) });
  const phone = recipientOf(call, textIn(json, "touser"));
  const reply = readCustomMessage(json, call.platform.media);
  const { id, now } = call;
  checkWindow(phone, now);
  phone.window.count(now);
  phone.show({ at: now, from: "account", call: id, via: "customer-service", reply });
  return OK;
}

function typing(call: ApiCall): ApiResult {
  const json = jsonOf(call);
  const phone = recipientOf(call, textIn(json, "touser"));
  const command = textIn(json, "command");
  const { now } = call;
  if (command !== "Typing" && command !== "CancelTyping") throw new ApiFailure(45072);
  if (command === "CancelTyping") {
    phone.showTyping(undefined);
    return OK;
  }
  if (!phone.following || !phone.window.hasContact(now)) throw new ApiFailure(45080);
  if (phone.typingUntil !== undefined) throw new ApiFailure(45081);
  phone.showTyping(now + TYPING_MS);
  return OK;
}

export const CUSTOM_MESSAGE_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "POST",
    path: "/cgi-bin/message/custom/send",
    right: "customer-service",
    access: "token",
    dailyLimit: 500_000,
    handle: sendCustomMessage,
  },
  {
    method: "POST",
    path: "/cgi-bin/message/custom/typing",
    right: "customer-service",
    access: "token",
    dailyLimit: 500_000,
    handle: typing,
  },
];
