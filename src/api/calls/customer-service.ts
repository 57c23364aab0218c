/**
 * Customer-service messages: how an account writes to a user who has written, tapped, followed or scanned before.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
 */
import { ApiInputError } from "../../errors.ts";
import type { AnyPush } from "../../protocol/pushes/wire.ts";
import type { Reply } from "../../protocol/replies.ts";
import { MAX_TEXT_BYTES } from "../../protocol/replies.ts";
import { utf8Length } from "../../protocol/utf8.ts";
import type { ApiCaller } from "../request/caller.ts";

/** A message, as WeChat names its members. */
export type CustomerMessage =
  | { readonly msgtype: "text"; readonly text: { readonly content: string } }
  | { readonly msgtype: "image"; readonly image: { readonly media_id: string } }
  | { readonly msgtype: "voice"; readonly voice: { readonly media_id: string } }
  | {
      readonly msgtype: "video";
      readonly video: {
        readonly media_id: string;
        readonly thumb_media_id?: string;
        readonly title?: string;
        readonly description?: string;
      };
    }
  | {
      readonly msgtype: "music";
      readonly music: {
        readonly title?: string;
        readonly description?: string;
        readonly musicurl?: string;
        readonly hqmusicurl?: string;
        readonly thumb_media_id: string;
      };
    }
  /** A card that leads to an address; WeChat takes one. */
  | { readonly msgtype: "news"; readonly news: { readonly articles: readonly [CustomerArticle] } }
  /** Articles of the material library. */
  | { readonly msgtype: "mpnews"; readonly mpnews: { readonly media_id: string } }
  /** A published article. */
  | { readonly msgtype: "mpnewsarticle"; readonly mpnewsarticle: { readonly article_id: string } }
  /** Lines to tap; a tap comes back as a text with `bizmsgmenuid`. */
  | {
      readonly msgtype: "msgmenu";
      readonly msgmenu: {
        readonly head_content: string;
        readonly list: readonly { readonly id: string; readonly content: string }[];
        readonly tail_content?: string;
      };
    }
  | { readonly msgtype: "wxcard"; readonly wxcard: { readonly card_id: string } }
  | {
      readonly msgtype: "miniprogrampage";
      readonly miniprogrampage: {
        readonly title: string;
        readonly appid: string;
        readonly pagepath: string;
        readonly thumb_media_id: string;
      };
    };

/** A card. */
export interface CustomerArticle {
  readonly title: string;
  readonly description?: string;
  readonly url: string;
  readonly picurl?: string;
}

/** How a message is sent. */
export interface SendOptions {
  /** Sends it under the name of that customer-service account (`name@gh_…`). */
  readonly kfAccount?: string;
  /** `false`: a busy WeChat is not asked again. */
  readonly repeat?: boolean;
  readonly signal?: AbortSignal;
}

export const SEND_PATH = "/cgi-bin/message/custom/send";
export const TYPING_PATH = "/cgi-bin/message/custom/typing";

/** Events after which three messages may be sent, within a minute. */
const INVITING_EVENTS: ReadonlySet<string> = new Set([
  "CLICK",
  "scancode_push",
  "scancode_waitmsg",
  "subscribe",
  "SCAN",
]);
const AFTER_MESSAGE = 5;
const AFTER_EVENT = 3;

/**
 * How many messages may be sent to a user after that push of theirs; 0 when it allows none. A hint: what WeChat answers
 * decides.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
 */
export function messagesAfter({ MsgType, Event }: Pick<AnyPush, "MsgType" | "Event">): number {
  if (MsgType !== "event") return AFTER_MESSAGE;
  return typeof Event === "string" && INVITING_EVENTS.has(Event) ? AFTER_EVENT : 0;
}

/** Calls of the customer service. */
export class CustomerService {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Sends a message: five within 48 h of a user's message, three within a minute of a tap, a follow or a scan. WeChat
   * says that it accepted it, not that it was delivered. A call without an answer is not repeated, for the user might
   * get the message twice: it throws with `outcome: "unknown"`.
   *
   * @param message a string is a text
   * @throws {ApiInputError} when a text has more than 2,048 bytes
   * @throws {ApiError} `window` when the user has to act first, and as every call does
   */
  async send(touser: string, message: CustomerMessage | string, options: SendOptions = {}): Promise<void> {
    const given = typeof message === "string" ? textMessage(message) : message;
    checkMessage(given);
    const { kfAccount, repeat, signal } = options;
    const by = kfAccount === undefined ? {} : { customservice: { kf_account: kfAccount } };
    await this.#caller.call("POST", SEND_PATH, { body: { touser, ...given, ...by }, repeat, signal });
  }

  /**
   * Shows the user that somebody is typing, for 15 s or until a message comes; `CancelTyping` ends it. Only within 30 s
   * of the user's last message.
   *
   * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
   */
  async typing(touser: string, command: "Typing" | "CancelTyping" = "Typing"): Promise<void> {
    await this.#caller.call("POST", TYPING_PATH, { body: { touser, command }, idempotent: true });
  }
}

function textMessage(content: string): CustomerMessage {
  return { msgtype: "text", text: { content } };
}

function checkMessage(message: CustomerMessage): void {
  if (message.msgtype !== "text") return;
  const bytes = utf8Length(message.text.content);
  if (bytes === 0) throw new ApiInputError("A text message needs some text.");
  if (bytes > MAX_TEXT_BYTES) {
    throw new ApiInputError(`A text message has at most ${MAX_TEXT_BYTES} bytes; this one has ${bytes}.`);
  }
}

/**
 * The message that shows the same as a reply.
 *
 * @returns `undefined` for replies that only an answer can carry: a transfer to customer service, a body of one's own
 */
export function customerMessageOf(reply: Reply): CustomerMessage | undefined {
  switch (reply.MsgType) {
    case "text":
      return textMessage(reply.Content);
    case "image":
      return { msgtype: "image", image: { media_id: reply.Image.MediaId } };
    case "voice":
      return { msgtype: "voice", voice: { media_id: reply.Voice.MediaId } };
    case "video": {
      const { MediaId, Title, Description } = reply.Video;
      return { msgtype: "video", video: { media_id: MediaId, ...captioned(Title, Description) } };
    }
    case "music": {
      const { ThumbMediaId, Title, Description, MusicUrl, HQMusicUrl } = reply.Music;
      return {
        msgtype: "music",
        music: {
          ...captioned(Title, Description),
          ...(MusicUrl === undefined ? {} : { musicurl: MusicUrl }),
          ...(HQMusicUrl === undefined ? {} : { hqmusicurl: HQMusicUrl }),
          thumb_media_id: ThumbMediaId,
        },
      };
    }
    case "news": {
      const [first] = reply.Articles;
      if (first === undefined) return undefined;
      const { Title: title, Description: description, Url: url, PicUrl: picurl } = first;
      return { msgtype: "news", news: { articles: [{ title, description, url, picurl }] } };
    }
    case "transfer_customer_service":
    case "raw":
      return undefined;
  }
}

function captioned(title?: string, description?: string): { title?: string; description?: string } {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
}
