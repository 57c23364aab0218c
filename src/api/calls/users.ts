/**
 * The account's users: what WeChat tells of them, and who they are.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
 */
import { ApiInputError } from "../../errors.ts";
import { utf8Length } from "../../protocol/utf8.ts";
import { Blacklist } from "./blacklist.ts";
import type { ApiCaller } from "../request/caller.ts";
import {
  allOpenids,
  checkOpenid,
  checkOpenids,
  openidPage,
  type OpenidPageOptions,
  type UserPage,
  type WireOpenidPage,
} from "./openids.ts";

/** The language of names of places. */
export type UserLanguage = "zh_CN" | "zh_TW" | "en";

/** How users are asked for. */
export interface UserInfoOptions {
  /** Default `zh_CN`. */
  readonly lang?: UserLanguage;
  readonly signal?: AbortSignal | undefined;
}

/** Somebody who does not follow the account: nothing else is told. */
export interface Stranger {
  readonly subscribe: 0;
  readonly openid: string;
  readonly unionid?: string;
}

/** A follower. Names, pictures, sex and places are empty since the end of 2021, so they are not here. */
export interface Follower {
  readonly subscribe: 1;
  readonly openid: string;
  /** The same in all accounts of one owner; only when the account is bound to an Open Platform account. */
  readonly unionid?: string;
  /** When the user began to follow, for the last time. Seconds since the epoch. */
  readonly subscribe_time: number;
  /** How the user came. */
  readonly subscribe_scene: SubscribeScene;
  /** The scene of the QR code that the user came by, when it was a number; else 0. */
  readonly qr_scene: number;
  /** That scene when it was a text; else empty. */
  readonly qr_scene_str: string;
  /** The name that the account has given the user. */
  readonly remark: string;
  readonly tagid_list: readonly number[];
  /** Of the time before tags. */
  readonly groupid: number;
}

/** How a user can come to follow; WeChat adds to these. */
export type SubscribeScene =
  | "ADD_SCENE_SEARCH"
  | "ADD_SCENE_ACCOUNT_MIGRATION"
  | "ADD_SCENE_PROFILE_CARD"
  | "ADD_SCENE_QR_CODE"
  | "ADD_SCENE_PROFILE_LINK"
  | "ADD_SCENE_PROFILE_ITEM"
  | "ADD_SCENE_PAID"
  | "ADD_SCENE_WECHAT_ADVERTISEMENT"
  | "ADD_SCENE_REPRINT"
  | "ADD_SCENE_LIVESTREAM"
  | "ADD_SCENE_CHANNELS"
  | "ADD_SCENE_WXA"
  | "ADD_SCENE_OTHERS"
  | (string & {});

/** What WeChat tells of a user: `subscribe` says which. */
export type UserInfo = Follower | Stranger;

const INFO_PATH = "/cgi-bin/user/info";
const BATCH_INFO_PATH = "/cgi-bin/user/info/batchget";
const LIST_PATH = "/cgi-bin/user/get";
const REMARK_PATH = "/cgi-bin/user/info/updateremark";

const MAX_BATCH = 100;
/** WeChat's older page counts characters, the one of today bytes. */
const MAX_REMARK_BYTES = 29;

/** Calls of `/cgi-bin/user`. */
export class Users {
  readonly #caller: ApiCaller;
  readonly blacklist: Blacklist;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
    this.blacklist = new Blacklist(caller);
  }

  /**
   * What WeChat tells of a user.
   *
   * @throws {ApiInputError} when the openid is empty
   * @throws {ApiError} 40003 when the openid is another account's; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
   * @example
   * const user = await ctx.api.users.info(ctx.message.FromUserName);
   * if (user.subscribe === 1 && user.tagid_list.includes(VIP)) await ctx.reply("…");
   */
  async info(openid: string, { lang = "zh_CN", signal }: UserInfoOptions = {}): Promise<UserInfo> {
    checkOpenid(openid);
    return this.#caller.call<UserInfo>("GET", INFO_PATH, { query: { openid, lang }, signal });
  }

  /**
   * What WeChat tells of up to 100 users, in the order in which they are asked for.
   *
   * @throws {ApiInputError} when there are no openids, more than 100, or an empty one
   * @throws {ApiError} 40003 when one of them is another account's; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo
   */
  async batchInfo(
    openids: readonly string[],
    { lang = "zh_CN", signal }: UserInfoOptions = {},
  ): Promise<readonly UserInfo[]> {
    checkOpenids(openids, MAX_BATCH);
    const { user_info_list } = await this.#caller.call<{ user_info_list: readonly UserInfo[] }>(
      "POST",
      BATCH_INFO_PATH,
      { body: { user_list: openids.map((openid) => ({ openid, lang })) }, idempotent: true, signal },
    );
    return user_info_list;
  }

  /**
   * A part of the followers: up to 10,000 openids. An account may ask 500 times a day.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getfans
   */
  async list({ nextOpenid, signal }: OpenidPageOptions = {}): Promise<UserPage> {
    const page = await this.#caller.call<WireOpenidPage & { total: number }>("GET", LIST_PATH, {
      query: { next_openid: nextOpenid },
      signal,
    });
    return { total: page.total, ...openidPage(page) };
  }

  /**
   * Goes through all followers, with a call for every 10,000 and one that finds the end.
   *
   * @throws as `list` does
   * @example
   * for await (const openid of api.users.all()) console.log(openid);
   */
  all({ nextOpenid, signal }: OpenidPageOptions = {}): AsyncGenerator<string, void, undefined> {
    return allOpenids((next) => this.list({ nextOpenid: next, signal }), nextOpenid);
  }

  /**
   * Gives a user a name that only the account sees; an empty one takes it away.
   *
   * @param remark up to 29 bytes
   * @throws {ApiInputError} when the name is too long, or the openid empty
   * @throws {ApiError} 40003 when the openid is another account's; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_updateremark
   */
  async setRemark(openid: string, remark: string): Promise<void> {
    checkOpenid(openid);
    const bytes = utf8Length(remark);
    if (bytes > MAX_REMARK_BYTES) {
      throw new ApiInputError(`A remark has at most ${MAX_REMARK_BYTES} bytes; this one has ${bytes}.`);
    }
    await this.#caller.call("POST", REMARK_PATH, { body: { openid, remark }, idempotent: true });
  }
}
