/**
 * What can be wrong with an answer, in words for the developer: English first, Chinese after it.
 *
 * Documented: an answer after more than five seconds, "abnormal data such as JSON" and, for sealed replies, the
 * signature and the envelope. The rest is what users of other frameworks met with.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */

const WORDS = {
  timeout: ["no answer within $1 ms", "$1 毫秒内没有回复"],
  connection_failed: ["no connection ($1)", "无法连接（$1）"],
  refused: ["the callback refused the request: status $1", "回调地址拒绝了请求：状态码 $1"],
  status: ["status $1 instead of 200", "状态码是 $1，应为 200"],
  too_large: ["the answer has more than $1 bytes", "回复超过 $1 字节"],
  not_utf8: ["the answer is not UTF-8", "回复不是 UTF-8 编码"],
  json: ["the answer is JSON; WeChat wants XML, `success` or nothing", "回复是 JSON；应为 XML、success 或空"],
  html: ["the answer is an HTML page", "回复是 HTML 页面"],
  not_xml: ["the answer is neither XML nor `success` nor empty", "回复不是 XML，也不是 success 或空字符串"],
  xml_malformed: ["the XML is not well-formed: $1", "XML 格式错误：$1"],
  not_sealed: ["secure mode, but the reply is not encrypted", "安全模式下，回复没有加密"],
  sealed_in_plain_mode: ["plain mode, but the reply is encrypted", "明文模式下，回复却是加密的"],
  envelope_incomplete: ["the envelope has no $1", "加密回复缺少 $1"],
  msg_signature: ["MsgSignature does not fit: another token?", "MsgSignature 不正确：Token 不一致？"],
  base64: ["Encrypt is not Base64", "Encrypt 不是 Base64"],
  padding: [
    "Encrypt cannot be decrypted: another EncodingAESKey, or not padded to 32 bytes",
    "Encrypt 无法解密：EncodingAESKey 不一致，或者没有按 32 字节补位",
  ],
  envelope_length: ["the decrypted message has a wrong length field", "解密后的长度字段不正确"],
  app_id: ["the envelope carries another app id", "加密内容里的 AppID 不一致"],
  field_missing: ["the reply has no $1", "回复缺少 $1"],
  field_repeated: ["$1 is not one text", "$1 不是单个文本"],
  names_not_swapped: [
    "ToUserName must be the user and FromUserName the account",
    "ToUserName 应为用户，FromUserName 应为公众号",
  ],
  create_time: ["CreateTime is not a whole number of seconds", "CreateTime 不是整数秒"],
  type_unknown: ["no passive reply has the MsgType $1", "被动回复没有这种 MsgType：$1"],
  text_too_long: ["Content has $1 bytes, more than 2048", "Content 有 $1 字节，超过 2048"],
  articles_missing: ["a news reply without articles", "图文回复里没有文章"],
  article_count: ["ArticleCount is $1, but there are $2 articles", "ArticleCount 是 $1，实际有 $2 篇"],
} as const satisfies Record<string, readonly [en: string, zh: string]>;

/** Stable names of what can be wrong. */
export type FaultReason = keyof typeof WORDS;

/** One fault: its name, and what a developer reads. */
export interface Fault {
  readonly reason: FaultReason;
  readonly fault: string;
}

/** The fault of that name; `facts` go where its words say `$1` and `$2`. */
export function faultOf(reason: FaultReason, ...facts: readonly (string | number)[]): Fault {
  return { reason, fault: bilingual(WORDS[reason], facts) };
}

/** A sentence in both languages, on one line. */
export function bilingual(
  words: readonly [en: string, zh: string],
  facts: readonly (string | number)[] = [],
): string {
  return words
    .map((text) => text.replace(/\$(\d)/g, (whole, at: string) => String(facts[Number(at) - 1] ?? whole)))
    .join(" · ");
}

/** The error behind a fetch that came to nothing: its code where it has one (`ECONNREFUSED`). */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner = cause instanceof Error ? cause : error;
  const code: unknown = Reflect.get(inner, "code");
  return typeof code === "string" ? code : inner.message;
}
