/**
 * Customer-service messages: what each type must carry, and how the phone shows it.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
 */
import { utf8Length } from "../../src/protocol/utf8.ts";
import type { ReplyField, ShownReply } from "../exchange.ts";
import type { MediaStore } from "../media.ts";
import { ApiFailure, isJsonObject, type JsonObject, listIn, numberIn, objectIn, textIn } from "./endpoint.ts";

const MAX_TEXT_BYTES = 2_048;
/** More than one was allowed until October 2018. */
const MAX_ARTICLES = 1;

/** Reads the object of one type. Throws what WeChat answers. */
type Reader = (content: JsonObject, media: MediaStore) => Readonly<Record<string, ReplyField>>;

/** Media that the account has, or its users sent. */
function mediaId(content: JsonObject, media: MediaStore, name = "media_id"): string {
  const id = textIn(content, name);
  if (id === undefined || id === "" || media.find(id) === undefined) throw new ApiFailure(40007);
  return id;
}

function required(content: JsonObject, name: string): string {
  const text = textIn(content, name);
  if (text === undefined || text === "") throw new ApiFailure(40097, `invalid args, missing ${name}`);
  return text;
}

/** The texts of these names, under the passive reply's names. */
function texts(content: JsonObject, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([wire, shown]) => {
      const text = textIn(content, wire);
      return text === undefined ? [] : [[shown, text]];
    }),
  );
}

/** The wire's own fields: texts, numbers as their digits. */
function asTheyAre(content: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(content).flatMap(([name, value]) =>
      typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [],
    ),
  );
}

function news(content: JsonObject): Readonly<Record<string, ReplyField>> {
  const articles = (listIn(content, "articles") ?? []).filter(isJsonObject);
  if (articles.length === 0) throw new ApiFailure(44003);
  if (articles.length > MAX_ARTICLES) throw new ApiFailure(45008);
  const item = articles.map((article) => ({
    Title: textIn(article, "title") ?? "",
    Description: textIn(article, "description") ?? "",
    Url: textIn(article, "url") ?? "",
    PicUrl: textIn(article, "picurl") ?? "",
  }));
  return { ArticleCount: String(item.length), Articles: { item } };
}

function choices(content: JsonObject): Readonly<Record<string, ReplyField>> {
  const list = (listIn(content, "list") ?? []).filter(isJsonObject);
  if (list.length === 0) throw new ApiFailure(40097, "invalid args, missing list");
  const item = list.map((choice) => ({
    id: textIn(choice, "id") ?? String(numberIn(choice, "id") ?? ""),
    content: required(choice, "content"),
  }));
  return { ...asTheyAre(content), list: { item } };
}

const READERS: Readonly<Record<string, Reader>> = {
  text: (content) => {
    const text = textIn(content, "content");
    if (text === undefined || text === "") throw new ApiFailure(44004);
    if (utf8Length(text) > MAX_TEXT_BYTES) throw new ApiFailure(45002);
    return { Content: text };
  },
  image: (content, media) => ({ Image: { MediaId: mediaId(content, media) } }),
  voice: (content, media) => ({ Voice: { MediaId: mediaId(content, media) } }),
  video: (content, media) => ({
    Video: {
      MediaId: mediaId(content, media),
      ThumbMediaId: mediaId(content, media, "thumb_media_id"),
      ...texts(content, { title: "Title", description: "Description" }),
    },
  }),
  music: (content, media) => ({
    Music: {
      MusicUrl: required(content, "musicurl"),
      HQMusicUrl: required(content, "hqmusicurl"),
      ThumbMediaId: mediaId(content, media, "thumb_media_id"),
      ...texts(content, { title: "Title", description: "Description" }),
    },
  }),
  news,
  mpnews: (content, media) => ({ media_id: mediaId(content, media) }),
  mpnewsarticle: (content) => ({ article_id: required(content, "article_id") }),
  msgmenu: choices,
  wxcard: (content) => ({ card_id: required(content, "card_id") }),
  miniprogrampage: (content, media) => {
    required(content, "appid");
    required(content, "pagepath");
    mediaId(content, media, "thumb_media_id");
    return asTheyAre(content);
  },
  link: (content) => {
    required(content, "title");
    required(content, "url");
    return asTheyAre(content);
  },
};

/**
 * Reads a message as it was posted.
 *
 * @throws {ApiFailure} what WeChat answers to a message that it does not take
 */
export function readCustomMessage(json: JsonObject, media: MediaStore): ShownReply {
  const type = textIn(json, "msgtype") ?? "";
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined) throw new ApiFailure(40008);
  const content = objectIn(json, type);
  if (content === undefined) throw new ApiFailure(47001);
  return { MsgType: type, fields: reader(content, media) };
}
