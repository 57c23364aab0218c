/**
 * The account's blacklist: who is on it cannot be written to, and is not heard.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/User_Management/Manage_blacklist.html
 */
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type JsonObject,
  jsonOf,
  listIn,
  OK,
  textIn,
} from "./endpoint.ts";
import { phoneOf } from "./recipient.ts";
import { pageOf } from "./user-endpoints.ts";

const MAX_BATCH = 20;

function openidsIn(call: ApiCall): readonly string[] {
  const openids = listIn(jsonOf(call), "openid_list");
  if (openids === undefined || openids.length === 0) throw new ApiFailure(40031);
  if (openids.length > MAX_BATCH) throw new ApiFailure(40032);
  return openids.map((openid) => phoneOf(call, typeof openid === "string" ? openid : undefined).openid);
}

function getBlacklist(call: ApiCall): JsonObject {
  const openids = [...call.platform.blacklist].sort();
  return { total: openids.length, ...pageOf(openids, textIn(jsonOf(call), "begin_openid") ?? "") };
}

function addAll(call: ApiCall): JsonObject {
  for (const openid of openidsIn(call)) call.platform.blacklist.add(openid);
  return OK;
}

function removeAll(call: ApiCall): JsonObject {
  for (const openid of openidsIn(call)) call.platform.blacklist.delete(openid);
  return OK;
}

export const BLACKLIST_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "POST",
    path: "/cgi-bin/tags/members/getblacklist",
    right: "tags",
    access: "token",
    handle: getBlacklist,
  },
  {
    method: "POST",
    path: "/cgi-bin/tags/members/batchblacklist",
    right: "tags",
    access: "token",
    handle: addAll,
  },
  {
    method: "POST",
    path: "/cgi-bin/tags/members/batchunblacklist",
    right: "tags",
    access: "token",
    handle: removeAll,
  },
];
