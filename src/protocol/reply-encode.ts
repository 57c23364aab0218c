/**
 * Replies to the text that WeChat reads. A serialiser of our own: it is small, and the XML library's builder does
 * not escape `]]>`.
 */
import { cdata } from "./cdata.ts";
import type { Article, Reply } from "./replies.ts";

/** Sender and receiver are those of the push, swapped. `createTime` in Unix seconds. */
export interface ReplyAddress {
  readonly to: string;
  readonly from: string;
  readonly createTime: number;
}

/**
 * Writes a reply in the format of the push that it answers.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */
export function encodeReply(reply: Reply, address: ReplyAddress, format: "xml" | "json"): string {
  if (reply.MsgType === "raw")
    return typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
  const { to, from, createTime } = address;
  if (format === "json") {
    return JSON.stringify({ ToUserName: to, FromUserName: from, CreateTime: createTime, ...reply });
  }
  return (
    `<xml>${element("ToUserName", to)}${element("FromUserName", from)}<CreateTime>${createTime}</CreateTime>` +
    `${element("MsgType", reply.MsgType)}${bodyOf(reply)}</xml>`
  );
}

function bodyOf(reply: Exclude<Reply, { MsgType: "raw" }>): string {
  switch (reply.MsgType) {
    case "text":
      return element("Content", reply.Content);
    case "image":
      return `<Image>${element("MediaId", reply.Image.MediaId)}</Image>`;
    case "voice":
      return `<Voice>${element("MediaId", reply.Voice.MediaId)}</Voice>`;
    case "video":
      return `<Video>${elements(reply.Video, ["MediaId", "Title", "Description"])}</Video>`;
    case "music":
      return `<Music>${elements(reply.Music, ["Title", "Description", "MusicUrl", "HQMusicUrl", "ThumbMediaId"])}</Music>`;
    case "news":
      return `<ArticleCount>${reply.Articles.length}</ArticleCount><Articles>${reply.Articles.map(item).join("")}</Articles>`;
    case "transfer_customer_service":
      return reply.TransInfo
        ? `<TransInfo>${element("KfAccount", reply.TransInfo.KfAccount)}</TransInfo>`
        : "";
  }
}

function item(article: Article): string {
  return `<item>${elements(article, ["Title", "Description", "PicUrl", "Url"])}</item>`;
}

function elements<T extends object>(values: T, names: readonly (keyof T & string)[]): string {
  return names
    .map((name) => (values[name] === undefined ? "" : element(name, String(values[name]))))
    .join("");
}

function element(name: string, value: string): string {
  return `<${name}>${cdata(value)}</${name}>`;
}
