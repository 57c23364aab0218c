/** What a phone shows, from top to bottom: the types of `GET /api/phone/:account/:openid`. */
import type { AnyPush } from "../src/protocol/pushes/wire.ts";
import type { ShownReply } from "./exchange.ts";

/** What a user can do with a phone. `event` stands for every push that comes of something else. */
export const ACTIONS = [
  "text",
  "image",
  "voice",
  "location",
  "click",
  "view",
  "scancode_push",
  "scancode_waitmsg",
  "pic_sysphoto",
  "pic_photo_or_album",
  "pic_weixin",
  "location_select",
  "view_miniprogram",
  "menu-choice",
  "follow",
  "unfollow",
  "scan",
  "event",
] as const;
export type ActionName = (typeof ACTIONS)[number];

/** The family of calls by which an account sent something that answers no push. */
export type SentBy = "customer-service" | "template" | "subscribe";

/** What is known of an account's message beyond its words. */
export interface MessageNote {
  /** By which way the answer of a push came: at once, at a request of WeChat's that was held for, from the mailbox. */
  readonly way?: "passive" | "hold" | "mailbox";
  /**
   * A fixed text of the account's. `hint`: the answer waits for the next message; `wait`: it comes by itself; `apology`:
   * something failed; `busy`: the push was not handled.
   */
  readonly role?: "hint" | "wait" | "apology" | "busy";
  /** A part of something longer; its number where that is known, from 1. */
  readonly part?: { readonly number?: number; readonly hasMore: boolean };
  /** 继续 brings what follows. */
  readonly asks?: boolean;
}

/**
 * One line of a phone. `at` is in milliseconds since the epoch, `exchange` the id of the `Exchange` it belongs to,
 * `call` the id of the recorded call of WeChat's API.
 */
export type TimelineEntry =
  /** The user did something: the push that it became, by WeChat's names (`push.Content`, `push.PicUrl` …). */
  | {
      readonly at: number;
      readonly from: "user";
      readonly exchange: string;
      readonly action: ActionName;
      readonly push: AnyPush;
    }
  /** The account answered. */
  | {
      readonly at: number;
      readonly from: "account";
      readonly exchange: string;
      readonly reply: ShownReply;
      readonly note?: MessageNote;
    }
  /** The account sent a message by WeChat's API. */
  | {
      readonly at: number;
      readonly from: "account";
      readonly call: string;
      readonly via: SentBy;
      readonly reply: ShownReply;
      readonly note?: MessageNote;
    }
  /** WeChat itself says that the account does not answer; `fault` is for the developer, users never see it. */
  | {
      readonly at: number;
      readonly from: "system";
      readonly exchange: string;
      readonly text: string;
      readonly fault: string;
    };

/** A button of the menu at the bottom of the phone, in the shape that the menu API has on the wire. */
export interface MenuButton {
  readonly name: string;
  /** Absent on a button that opens `sub_button`. */
  readonly type?: string;
  readonly key?: string;
  readonly url?: string;
  readonly appid?: string;
  readonly pagepath?: string;
  readonly media_id?: string;
  readonly article_id?: string;
  readonly sub_button?: readonly MenuButton[];
}

/** The state of one user's phone with one account. */
export interface PhoneView {
  readonly following: boolean;
  readonly timeline: readonly TimelineEntry[];
  readonly nickname: string;
  /** What this user sees at the bottom, conditional menus applied; empty = no menu. */
  readonly menu: readonly MenuButton[];
  /** Until when the account is shown as typing, in milliseconds since the epoch. */
  readonly typingUntil?: number;
}
