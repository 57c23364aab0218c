/**
 * The blacklist: whom the account neither hears nor can write to.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getblacklist
 */
import type { ApiCaller } from "../request/caller.ts";
import {
  allOpenids,
  checkOpenids,
  openidPage,
  type OpenidPageOptions,
  type UserPage,
  type WireOpenidPage,
} from "./openids.ts";

const LIST_PATH = "/cgi-bin/tags/members/getblacklist";
const ADD_PATH = "/cgi-bin/tags/members/batchblacklist";
const REMOVE_PATH = "/cgi-bin/tags/members/batchunblacklist";

const MAX_BATCH = 20;

/** Calls of the blacklist. */
export class Blacklist {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * A part of the blacklist: up to 10,000 openids.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getblacklist
   */
  async list({ nextOpenid = "", signal }: OpenidPageOptions = {}): Promise<UserPage> {
    const page = await this.#caller.call<WireOpenidPage & { total: number }>("POST", LIST_PATH, {
      body: { begin_openid: nextOpenid },
      idempotent: true,
      signal,
    });
    return { total: page.total, ...openidPage(page) };
  }

  /** Goes through the whole blacklist. Throws as `list` does. */
  all({ nextOpenid, signal }: OpenidPageOptions = {}): AsyncGenerator<string, void, undefined> {
    return allOpenids((next) => this.list({ nextOpenid: next, signal }), nextOpenid);
  }

  /**
   * Puts up to 20 users on the list.
   *
   * @throws {ApiInputError} when there are no openids, more than 20, or an empty one
   * @throws {ApiError} 40003 when an openid is another account's; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchblacklist
   */
  async add(openids: readonly string[]): Promise<void> {
    await this.#change(ADD_PATH, openids);
  }

  /**
   * Takes up to 20 users off the list. Throws as `add` does.
   *
   * @see https://developers.weixin.qq.com/doc/offiaccount/User_Management/Manage_blacklist.html
   */
  async remove(openids: readonly string[]): Promise<void> {
    await this.#change(REMOVE_PATH, openids);
  }

  async #change(path: string, openids: readonly string[]): Promise<void> {
    checkOpenids(openids, MAX_BATCH);
    await this.#caller.call("POST", path, { body: { openid_list: openids }, idempotent: true });
  }
}
