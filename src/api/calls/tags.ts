/**
 * Tags: what the account calls its users by groups of them.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag
 */
import { ApiInputError } from "../../errors.ts";
import { utf8Length } from "../../protocol/utf8.ts";
import type { ApiCaller } from "../request/caller.ts";
import {
  allOpenids,
  checkOpenid,
  checkOpenids,
  type OpenidPage,
  openidPage,
  type OpenidPageOptions,
  type WireOpenidPage,
} from "./openids.ts";

/** A tag. */
export interface Tag {
  readonly id: number;
  readonly name: string;
}

/** A tag in the list of all. */
export interface CountedTag extends Tag {
  /** How many users bear it. */
  readonly count: number;
}

const CREATE_PATH = "/cgi-bin/tags/create";
const LIST_PATH = "/cgi-bin/tags/get";
const UPDATE_PATH = "/cgi-bin/tags/update";
const DELETE_PATH = "/cgi-bin/tags/delete";
const USERS_PATH = "/cgi-bin/user/tag/get";
const TAG_PATH = "/cgi-bin/tags/members/batchtagging";
const UNTAG_PATH = "/cgi-bin/tags/members/batchuntagging";
const TAGS_OF_PATH = "/cgi-bin/tags/getidlist";

const MAX_NAME_BYTES = 30;
const MAX_BATCH = 50;
/** 未分组, 黑名单 and 星标组 cannot be changed. */
const WECHATS_OWN_TAGS: readonly number[] = [0, 1, 2];

/** Calls of `/cgi-bin/tags`. */
export class Tags {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Makes a tag: an account may have 100. A call without an answer is not repeated.
   *
   * @param name 1 to 30 bytes, and no other tag's
   * @throws {ApiInputError} when the name is empty or too long
   * @throws {ApiError} 45157 when another tag has that name; 45056 when there are 100; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag
   */
  async create(name: string): Promise<Tag> {
    checkName(name);
    const { tag } = await this.#caller.call<{ tag: Tag }>("POST", CREATE_PATH, { body: { tag: { name } } });
    return tag;
  }

  /**
   * All tags, WeChat's own among them.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/offiaccount/User_Management/User_Tag_Management.html
   */
  async list(): Promise<readonly CountedTag[]> {
    const { tags } = await this.#caller.call<{ tags: readonly CountedTag[] }>("GET", LIST_PATH);
    return tags;
  }

  /**
   * Gives a tag another name.
   *
   * @param name 1 to 30 bytes, and no other tag's
   * @throws {ApiInputError} when the name is empty or too long, or the tag WeChat's own (0, 1, 2)
   * @throws {ApiError} 45157 when another tag has that name; and as every call does
   * @see https://developers.weixin.qq.com/doc/offiaccount/User_Management/User_Tag_Management.html
   */
  async update(id: number, name: string): Promise<void> {
    checkChangeable(id);
    checkName(name);
    await this.#caller.call("POST", UPDATE_PATH, { body: { tag: { id, name } }, idempotent: true });
  }

  /**
   * Deletes a tag; its users keep their other ones.
   *
   * @throws {ApiInputError} when the tag is WeChat's own (0, 1, 2)
   * @throws {ApiError} 45057 when more than 100,000 users bear it: take it off them first; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_deletetag
   */
  async delete(id: number): Promise<void> {
    checkChangeable(id);
    await this.#caller.call("POST", DELETE_PATH, { body: { tag: { id } }, idempotent: true });
  }

  /**
   * A part of the users who bear a tag: up to 10,000 openids.
   *
   * @throws {ApiError} 45159 when there is no such tag; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_gettagfans
   */
  async usersOf(id: number, { nextOpenid = "", signal }: OpenidPageOptions = {}): Promise<OpenidPage> {
    checkId(id);
    const page = await this.#caller.call<WireOpenidPage>("POST", USERS_PATH, {
      body: { tagid: id, next_openid: nextOpenid },
      idempotent: true,
      signal,
    });
    return openidPage(page);
  }

  /** Goes through all users who bear a tag. Throws as `usersOf` does. */
  allUsersOf(
    id: number,
    { nextOpenid, signal }: OpenidPageOptions = {},
  ): AsyncGenerator<string, void, undefined> {
    return allOpenids((next) => this.usersOf(id, { nextOpenid: next, signal }), nextOpenid);
  }

  /**
   * Gives a tag to up to 50 users; each may bear 20.
   *
   * @throws {ApiInputError} when there are no openids, more than 50, or an empty one
   * @throws {ApiError} 45159 when there is no such tag; 45059 when somebody bears 20 others; 40003 when an openid is
   *   another account's; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_batchtagging
   */
  async tag(id: number, openids: readonly string[]): Promise<void> {
    await this.#mark(TAG_PATH, id, openids);
  }

  /**
   * Takes a tag off up to 50 users. Throws as `tag` does.
   *
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_batchuntagging
   */
  async untag(id: number, openids: readonly string[]): Promise<void> {
    await this.#mark(UNTAG_PATH, id, openids);
  }

  /**
   * Ids of the tags that a user bears.
   *
   * @throws {ApiInputError} when the openid is empty
   * @throws {ApiError} 40003 when the openid is another account's; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_gettagidlist
   */
  async tagsOf(openid: string): Promise<readonly number[]> {
    checkOpenid(openid);
    const { tagid_list } = await this.#caller.call<{ tagid_list: readonly number[] }>("POST", TAGS_OF_PATH, {
      body: { openid },
      idempotent: true,
    });
    return tagid_list;
  }

  async #mark(path: string, id: number, openids: readonly string[]): Promise<void> {
    checkId(id);
    checkOpenids(openids, MAX_BATCH);
    await this.#caller.call("POST", path, { body: { openid_list: openids, tagid: id }, idempotent: true });
  }
}

function checkName(name: string): void {
  const bytes = utf8Length(name);
  if (bytes >= 1 && bytes <= MAX_NAME_BYTES) return;
  throw new ApiInputError(`A tag's name has 1 to ${MAX_NAME_BYTES} bytes; this one has ${bytes}.`);
}

function checkId(id: number): void {
  if (!Number.isSafeInteger(id) || id < 0)
    throw new ApiInputError(`A tag's id is a whole number, not ${id}.`);
}

function checkChangeable(id: number): void {
  checkId(id);
  if (WECHATS_OWN_TAGS.includes(id)) {
    throw new ApiInputError(`Tags 0, 1 and 2 are WeChat's own and stay as they are; ${id} is one of them.`);
  }
}
