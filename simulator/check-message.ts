/**
 * What WeChat accepts as a passive reply: one table row per type, and its limits.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */
import type { PushEnvelope, WireObject, WireValue } from "../src/protocol/pushes/wire.ts";
import { MAX_ARTICLES, MAX_TEXT_BYTES, type ReplyType } from "../src/protocol/replies.ts";
import { utf8Length } from "../src/protocol/utf8.ts";
import type { ReplyField, ShownReply } from "./exchange.ts";
import { bilingual, type Fault, faultOf } from "./faults.ts";

/** A reply that is shown. `warning` says what WeChat leaves out of it. */
export interface CheckedReply {
  readonly reply: ShownReply;
  readonly warning?: string;
}

/** Dotted paths of what must be there and not be empty, by type. `Articles` is looked at by itself. */
const REQUIRED: Readonly<Record<Exclude<ReplyType, "raw">, readonly string[]>> = {
  text: ["Content"],
  image: ["Image.MediaId"],
  voice: ["Voice.MediaId"],
  video: ["Video.MediaId"],
  music: ["Music.ThumbMediaId"],
  news: ["ArticleCount"],
  transfer_customer_service: [],
};
const ARTICLE = ["Title", "Description", "PicUrl", "Url"];
/** A user who sent one of these gets one article; after anything else up to eight are shown. */
const ONE_ARTICLE_AFTER: readonly string[] = ["text", "image", "voice", "video", "news", "location"];

/** Checks the fields of a reply against the push that it answers. */
export function checkMessage(fields: WireObject, push: PushEnvelope): CheckedReply | Fault {
  const { ToUserName, FromUserName, CreateTime, MsgType, ...content } = fields;
  for (const [name, value] of Object.entries({ ToUserName, FromUserName, CreateTime, MsgType })) {
    const fault = textFault(name, value);
    if (fault !== undefined) return fault;
  }
  if (ToUserName !== push.FromUserName || FromUserName !== push.ToUserName)
    return faultOf("names_not_swapped");
  if (typeof CreateTime !== "string" || !/^\d+$/.test(CreateTime)) return faultOf("create_time");
  if (typeof MsgType !== "string" || !isReplyType(MsgType)) {
    return faultOf("type_unknown", typeof MsgType === "string" ? MsgType : "");
  }
  for (const path of REQUIRED[MsgType]) {
    const fault = textFault(path, at(content, path));
    if (fault !== undefined) return fault;
  }
  if (MsgType === "news") return checkNews(content, push);
  const bytes = typeof content["Content"] === "string" ? utf8Length(content["Content"]) : 0;
  if (MsgType === "text" && bytes > MAX_TEXT_BYTES) return faultOf("text_too_long", bytes);
  return { reply: { MsgType, fields: content } };
}

function textFault(name: string, value: WireValue | undefined): Fault | undefined {
  if (value === undefined || value === "") return faultOf("field_missing", name);
  return typeof value === "string" ? undefined : faultOf("field_repeated", name);
}

/** Whether a passive reply may have that `MsgType`. */
function isReplyType(type: string): type is keyof typeof REQUIRED {
  return Object.hasOwn(REQUIRED, type);
}

function at(fields: WireObject, path: string): WireValue | undefined {
  let value: WireValue | undefined = fields;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || Array.isArray(value)) return undefined;
    value = value[name];
  }
  return value;
}

/** Articles beyond the limit are no fault: WeChat shows as many as it allows. */
function checkNews(content: WireObject, push: PushEnvelope): CheckedReply | Fault {
  const item = at(content, "Articles.item");
  const articles = item === undefined ? [] : Array.isArray(item) ? item : [item];
  if (articles.length === 0) return faultOf("articles_missing");
  const count = content["ArticleCount"];
  if (typeof count !== "string" || Number(count) !== articles.length) {
    return faultOf("article_count", typeof count === "string" ? count : "", articles.length);
  }
  for (const [index, article] of articles.entries()) {
    if (typeof article === "string") return faultOf("articles_missing");
    const missing = ARTICLE.find((name) => at({ article }, `article.${name}`) === undefined);
    if (missing !== undefined) return faultOf("field_missing", `Articles.item[${index}].${missing}`);
  }
  const limit = ONE_ARTICLE_AFTER.includes(push.MsgType) ? 1 : MAX_ARTICLES;
  const shown: ReplyField[] = articles.slice(0, limit);
  const reply: ShownReply = {
    MsgType: "news",
    fields: { ArticleCount: String(shown.length), Articles: { item: shown } },
  };
  return articles.length > limit
    ? { reply, warning: bilingual(TOO_MANY, [articles.length, limit]) }
    : { reply };
}

const TOO_MANY = [
  "$1 articles: WeChat shows $2 (one after a message, up to eight after an event)",
  "有 $1 篇文章，微信只显示 $2 篇（用户发消息后 1 篇，事件后最多 8 篇）",
] as const;
