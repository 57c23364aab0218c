/**
 * The shapes that every push shares, as they come off the wire.
 *
 * Names are WeChat's own, and every leaf is the text that was sent: nothing is turned into a number, for an id such
 * as `MsgId` exceeds 2^53 and a `Content` of "0123" is a text.
 */

/**
 * One value of a push: a text, an element with children, or the elements of one name in the order they were sent.
 *
 * The list is not `readonly`, for `Array.isArray` tells only a mutable array from a `WireObject`.
 */
export type WireValue = string | WireObject | WireValue[];

/** An element with children, by the names of its children. */
export interface WireObject {
  readonly [name: string]: WireValue;
}

/**
 * What an Official Account puts into every push.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface PushEnvelope {
  /** The account that is written to: its original id (`gh_…`); in WeCom the corp id. */
  readonly ToUserName: string;
  /** The user who wrote: the openid; in WeCom the user id, or `sys`. */
  readonly FromUserName: string;
  /** When it was sent: Unix time in seconds. */
  readonly CreateTime: string;
  /** `event`, or the kind of message: `text`, `image`, … */
  readonly MsgType: string;
}

/**
 * Any push, catalogued or not: the fields that decide where it goes by name, every other one by index.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface AnyPush extends PushEnvelope {
  /** Identifies a message; a 64-bit integer, kept as the text that was sent. Events have none. */
  readonly MsgId?: string;
  /** The kind of event, case-sensitive: `CLICK` in an Official Account, `click` in WeCom. */
  readonly Event?: string;
  /** What was tapped or scanned: a menu item's key or address, or a QR code's scene. */
  readonly EventKey?: string;
  /** What happened, where one `Event` stands for several changes (WeCom). */
  readonly ChangeType?: string;
  /** The kind of push that a platform, suite or provider gets about itself. */
  readonly InfoType?: string;
  /** The text of a `text` message. */
  readonly Content?: string;
  /** The words of a `voice` message, where recognition is switched on. */
  readonly Recognition?: string;
  /** The WeCom app that is written to. */
  readonly AgentID?: string;
  readonly [field: string]: WireValue | undefined;
}

/**
 * Any message: what the selector `"message"` stands for.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
export interface AnyMessage extends AnyPush {
  /** Identifies the message, also when WeChat sends it again; a 64-bit integer, kept as the text that was sent. */
  readonly MsgId: string;
}

/**
 * Any event: what the selector `"event"` stands for.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export interface AnyEvent extends AnyPush {
  readonly MsgType: "event";
  /** The kind of event, case-sensitive: `CLICK` in an Official Account, `click` in WeCom. */
  readonly Event: string;
}
