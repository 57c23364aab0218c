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
  "follow",
  "unfollow",
  "scan",
  "event",
] as const;
export type ActionName = (typeof ACTIONS)[number];

/** One line of a phone. `at` is in milliseconds since the epoch, `exchange` the id of the `Exchange` it belongs to. */
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
  | { readonly at: number; readonly from: "account"; readonly exchange: string; readonly reply: ShownReply }
  /** WeChat itself says that the account does not answer; `fault` is for the developer, users never see it. */
  | {
      readonly at: number;
      readonly from: "system";
      readonly exchange: string;
      readonly text: string;
      readonly fault: string;
    };

/** The state of one user's phone with one account. */
export interface PhoneView {
  readonly following: boolean;
  readonly timeline: readonly TimelineEntry[];
}
