/**
 * What a push can be answered with, as WeChat names it. One union, told apart by `MsgType`.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
 */

/** WeChat cuts or refuses longer texts; counted in UTF-8. */
export const MAX_TEXT_BYTES = 2048;
/** More articles than this are refused. */
export const MAX_ARTICLES = 8;

export interface TextReply {
  readonly MsgType: "text";
  readonly Content: string;
}
export interface ImageReply {
  readonly MsgType: "image";
  readonly Image: { readonly MediaId: string };
}
export interface VoiceReply {
  readonly MsgType: "voice";
  readonly Voice: { readonly MediaId: string };
}
export interface VideoReply {
  readonly MsgType: "video";
  readonly Video: { readonly MediaId: string } & VideoCaption;
}
export interface MusicReply {
  readonly MsgType: "music";
  readonly Music: Music;
}
export interface NewsReply {
  readonly MsgType: "news";
  readonly Articles: readonly Article[];
}
export interface TransferReply {
  readonly MsgType: "transfer_customer_service";
  readonly TransInfo?: { readonly KfAccount: string };
}
/** A body of the handler's own: some pushes want a business object and not a message. */
export interface RawReply {
  readonly MsgType: "raw";
  readonly body: string | JsonObject;
}

/** Every reply. */
export type Reply =
  TextReply | ImageReply | VoiceReply | VideoReply | MusicReply | NewsReply | TransferReply | RawReply;

/** The names in `Reply["MsgType"]`. `raw` is ours, the others are WeChat's. */
export type ReplyType = Reply["MsgType"];

/** Anything that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [member: string]: Json | undefined;
}

export interface VideoCaption {
  readonly Title?: string;
  readonly Description?: string;
}

/** A piece of music; `ThumbMediaId` is the uploaded cover, the one field WeChat insists on. */
export interface Music {
  readonly ThumbMediaId: string;
  readonly Title?: string;
  readonly Description?: string;
  readonly MusicUrl?: string;
  readonly HQMusicUrl?: string;
}

/** One card of a news reply. `PicUrl` is a JPG or PNG, 360×200 for the first card, 200×200 for the others. */
export interface Article {
  readonly Title: string;
  readonly Description: string;
  readonly PicUrl: string;
  readonly Url: string;
}
