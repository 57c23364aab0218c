/** Why the Worker refused a request, in words. */
import type { FailureReason } from "../../src/protocol/failures.ts";

/** What a reason means, in short. */
export const REASON_WORDS: Readonly<Record<FailureReason, readonly [en: string, zh: string]>> = {
  method_not_allowed: ["neither GET nor POST", "不是 GET 或 POST"],
  account_unknown: ["no such account", "没有该账号"],
  account_misconfigured: ["the account is not configured right", "账号配置有误"],
  parameter_malformed: ["a parameter is missing or malformed", "参数缺失或格式不对"],
  timestamp_outside_window: ["the timestamp is too old or too new", "时间戳过旧或过新"],
  signature_mismatch: ["signed with another Token", "签名不匹配（Token 不同）"],
  msg_signature_mismatch: ["the body does not fit its signature", "正文与签名不匹配"],
  replayed_with_other_body: ["a signature again, with another body", "相同签名、不同正文"],
  body_too_large: ["the body is too large", "正文过大"],
  body_unreadable: ["the body broke off or is not UTF-8", "正文不完整或不是 UTF-8"],
  envelope_missing: ["not encrypted, but the mode wants it", "没有加密（模式要求加密）"],
  envelope_unopenable: ["sealed with another key or app id", "无法解密（密钥或 AppID 不同）"],
  push_malformed: ["no readable push", "无法解析的推送"],
};
