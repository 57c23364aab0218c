/**
 * Official Accounts (公众号): 订阅号, 服务号 and test accounts.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */
import type { Dialect } from "./dialect.ts";

export const oa: Dialect = {
  product: "oa",
  classic: true,
  signatureParameter: "signature",
  receiveId: ({ appId }) => appId,
  userOf: (push) => push.FromUserName || undefined,
  silence: "success",
  replies: new Set(["text", "image", "voice", "video", "music", "news", "transfer_customer_service", "raw"]),
};
