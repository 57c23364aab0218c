/**
 * The automatic replies of the console, as WeChat tells them.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/notify/autoreplies/api_getcurrentautoreplyinfo
 */

/** All automatic replies. What was never set is missing. */
export interface AutoReplyInfo {
  /** Whether new followers are greeted. */
  readonly is_add_friend_reply_open: 0 | 1;
  /** Whether messages without a keyword are answered, once an hour. */
  readonly is_autoreply_open: 0 | 1;
  readonly add_friend_autoreply_info?: AutoReply;
  readonly message_default_autoreply_info?: AutoReply;
  readonly keyword_autoreply_info?: { readonly list: readonly KeywordRule[] };
}

/** A reply that is no article. */
export interface AutoReply {
  readonly type: "text" | "img" | "voice" | "video";
  /** The text, or a temporary media id, good for three days; of videos also an address. */
  readonly content: string;
}

/** Articles as a reply. */
export interface NewsAutoReply {
  readonly type: "news";
  /** A permanent media id. */
  readonly content?: string;
  readonly news_info: { readonly list: readonly AutoReplyArticle[] };
}

/** An article of a reply. */
export interface AutoReplyArticle {
  readonly title: string;
  readonly author: string;
  readonly digest: string;
  readonly show_cover: 0 | 1;
  readonly cover_url: string;
  readonly content_url: string;
  /** Empty where there is none. */
  readonly source_url: string;
}

/** What is answered to some words. */
export interface KeywordRule {
  readonly rule_name: string;
  /** Seconds since the epoch. */
  readonly create_time: number;
  /** All replies, or one of them by chance. */
  readonly reply_mode: "reply_all" | "random_one";
  readonly keyword_list_info: readonly AutoReplyKeyword[];
  readonly reply_list_info: readonly (AutoReply | NewsAutoReply)[];
}

/** A word that a rule listens to. */
export interface AutoReplyKeyword {
  readonly type: "text";
  /** Whether the message has the word in it, or is the word. */
  readonly match_mode: "contain" | "equal";
  readonly content: string;
}
