/** Builders of the replies that a handler gives to `ctx.reply`. Each checks WeChat's limits and says what is wrong. */
import { ReplyError } from "../errors.ts";
import {
  type Article,
  type ImageReply,
  type JsonObject,
  MAX_ARTICLES,
  type Music,
  type MusicReply,
  type NewsReply,
  type RawReply,
  type TextReply,
  type TransferReply,
  type VideoCaption,
  type VideoReply,
  type VoiceReply,
} from "../protocol/replies.ts";

/** A text. Texts over 2,048 bytes of UTF-8 are split when they are sent. */
export function text(Content: string): TextReply {
  if (typeof Content !== "string" || Content === "") {
    throw new ReplyError("reply_field_missing", "A text reply needs a non-empty Content.");
  }
  return { MsgType: "text", Content };
}

/** An uploaded picture, by its `media_id`. */
export function image(MediaId: string): ImageReply {
  return { MsgType: "image", Image: { MediaId: required("image", "MediaId", MediaId) } };
}

/** An uploaded voice recording, by its `media_id`. */
export function voice(MediaId: string): VoiceReply {
  return { MsgType: "voice", Voice: { MediaId: required("voice", "MediaId", MediaId) } };
}

/** An uploaded video, by its `media_id`. */
export function video(MediaId: string, caption: VideoCaption = {}): VideoReply {
  return { MsgType: "video", Video: { MediaId: required("video", "MediaId", MediaId), ...caption } };
}

/** A piece of music with its cover. */
export function music(piece: Music): MusicReply {
  required("music", "ThumbMediaId", piece.ThumbMediaId);
  return { MsgType: "music", Music: piece };
}

/** One card, or up to eight. As the answer to a message WeChat shows the first one only; an event may have eight. */
export function news(articles: Article | readonly Article[]): NewsReply {
  const list = isList(articles) ? articles : [articles];
  if (list.length === 0)
    throw new ReplyError("reply_field_missing", "A news reply needs at least one article.");
  if (list.length > MAX_ARTICLES) {
    throw new ReplyError(
      "reply_too_many_articles",
      `A news reply has at most ${MAX_ARTICLES} articles, not ${list.length}.`,
    );
  }
  for (const article of list) {
    required("news", "Title", article.Title);
    required("news", "Url", article.Url);
  }
  return { MsgType: "news", Articles: list };
}

function isList(articles: Article | readonly Article[]): articles is readonly Article[] {
  return Array.isArray(articles);
}

/** Hands the message to the human customer service, to one account of it (`name@gh_…`) if given. */
export function transfer(KfAccount?: string): TransferReply {
  return KfAccount === undefined
    ? { MsgType: "transfer_customer_service" }
    : {
        MsgType: "transfer_customer_service",
        TransInfo: { KfAccount: required("transfer", "KfAccount", KfAccount) },
      };
}

/** A body of your own: nothing is added, and it is encrypted like any reply. An object is sent as JSON. */
export function raw(body: string | JsonObject): RawReply {
  return { MsgType: "raw", body };
}

function required(reply: string, field: string, value: string): string {
  if (typeof value !== "string" || value === "") {
    throw new ReplyError("reply_field_missing", `A ${reply} reply needs a non-empty ${field}.`);
  }
  return value;
}
