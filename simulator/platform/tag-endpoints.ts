/**
 * Tags of users.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/User_Management/User_Tag_Management.html
 */
import { utf8Length } from "../../src/protocol/utf8.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type JsonObject,
  jsonOf,
  listIn,
  numberIn,
  objectIn,
  OK,
  textIn,
} from "./endpoint.ts";
import { phoneOf } from "./recipient.ts";
import { SYSTEM_TAG_IDS, type Tag } from "./tags.ts";
import { pageOf } from "./user-endpoints.ts";

const MAX_TAGS = 100;
const MAX_NAME_BYTES = 30;
/** Tags that one user may bear. */
const MAX_BORNE = 20;
const MAX_BATCH = 50;
/** A tag that more users bear cannot be deleted. */
const MAX_BEARERS = 100_000;

function tagIn(json: JsonObject): JsonObject {
  const tag = objectIn(json, "tag");
  if (tag === undefined) throw new ApiFailure(47001);
  return tag;
}

function nameIn(tag: JsonObject, { platform }: ApiCall, own?: number): string {
  const name = textIn(tag, "name");
  if (name === undefined || name === "") throw new ApiFailure(45157);
  if (utf8Length(name) > MAX_NAME_BYTES) throw new ApiFailure(45158);
  const isTaken = platform.tags.all().some((other) => other.name === name && other.id !== own);
  if (isTaken) throw new ApiFailure(45157);
  return name;
}

function tagOf({ platform }: ApiCall, id: number | undefined): Tag {
  const tag = id === undefined ? undefined : platform.tags.find(id);
  if (tag === undefined) throw new ApiFailure(45159);
  return tag;
}

/** Openids of the followers that bear a tag, sorted. */
function bearersOf({ platform }: ApiCall, id: number): readonly string[] {
  return platform.phones
    .all()
    .filter(({ openid, following }) => following && platform.tags.of(openid).includes(id))
    .map(({ openid }) => openid);
}

function createTag(call: ApiCall): JsonObject {
  const { tags } = call.platform;
  const name = nameIn(tagIn(jsonOf(call)), call);
  if (tags.all().length >= MAX_TAGS) throw new ApiFailure(45056);
  const { id } = tags.create(name);
  return { tag: { id, name } };
}

function getTags(call: ApiCall): JsonObject {
  const tags = call.platform.tags.all();
  return { tags: tags.map(({ id, name }) => ({ id, name, count: bearersOf(call, id).length })) };
}

function changeable(call: ApiCall, tag: JsonObject): Tag {
  const id = numberIn(tag, "id");
  if (id !== undefined && SYSTEM_TAG_IDS.has(id)) throw new ApiFailure(45058);
  return tagOf(call, id);
}

function updateTag(call: ApiCall): JsonObject {
  const json = tagIn(jsonOf(call));
  const { id } = changeable(call, json);
  call.platform.tags.rename(id, nameIn(json, call, id));
  return OK;
}

function deleteTag(call: ApiCall): JsonObject {
  const { id } = changeable(call, tagIn(jsonOf(call)));
  if (bearersOf(call, id).length > MAX_BEARERS) throw new ApiFailure(45057);
  call.platform.tags.remove(id);
  call.platform.changed();
  return OK;
}

function getTagFans(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const { id } = tagOf(call, numberIn(json, "tagid"));
  return pageOf(bearersOf(call, id), textIn(json, "next_openid") ?? "");
}

function batchTag(call: ApiCall, isGiven: boolean): JsonObject {
  const json = jsonOf(call);
  const { tags, changed } = call.platform;
  const { id } = tagOf(call, numberIn(json, "tagid"));
  const openids = listIn(json, "openid_list");
  if (openids === undefined || openids.length === 0) throw new ApiFailure(40031);
  if (openids.length > MAX_BATCH) throw new ApiFailure(40032);
  const phones = openids.map((openid) => phoneOf(call, typeof openid === "string" ? openid : undefined));
  if (isGiven && phones.some(({ openid }) => isLaden(tags.of(openid), id))) throw new ApiFailure(45059);
  for (const { openid } of phones) {
    if (isGiven) tags.give(openid, id);
    else tags.take(openid, id);
    changed(openid);
  }
  return OK;
}

/** Whether somebody bears as many other tags as may be. */
function isLaden(borne: readonly number[], id: number): boolean {
  return borne.length >= MAX_BORNE && !borne.includes(id);
}

function getTagIdList(call: ApiCall): JsonObject {
  const { openid } = phoneOf(call, textIn(jsonOf(call), "openid"));
  return { tagid_list: call.platform.tags.of(openid) };
}

/** WeChat's page of limits still calls tags groups. */
function tagCall(
  method: "GET" | "POST",
  path: string,
  handle: ApiEndpoint["handle"],
  limits: Pick<ApiEndpoint, "dailyLimit" | "testDailyLimit"> = {},
): ApiEndpoint {
  return { method, path: `/cgi-bin/${path}`, right: "tags", access: "token", handle, ...limits };
}

const CHANGES = { dailyLimit: 1_000 };
const TAGGINGS = { dailyLimit: 100_000, testDailyLimit: 1_000 };

export const TAG_ENDPOINTS: readonly ApiEndpoint[] = [
  tagCall("POST", "tags/create", createTag, CHANGES),
  tagCall("GET", "tags/get", getTags, CHANGES),
  tagCall("POST", "tags/update", updateTag, CHANGES),
  tagCall("POST", "tags/delete", deleteTag),
  tagCall("POST", "user/tag/get", getTagFans),
  tagCall("POST", "tags/members/batchtagging", (call) => batchTag(call, true), TAGGINGS),
  tagCall("POST", "tags/members/batchuntagging", (call) => batchTag(call, false), TAGGINGS),
  tagCall("POST", "tags/getidlist", getTagIdList),
];
