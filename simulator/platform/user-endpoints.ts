/**
 * Followers: the simulator's phones.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
 * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo
 * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getfans
 */
import { utf8Length } from "../../src/protocol/utf8.ts";
import type { Phone } from "../phones.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  isJsonObject,
  type JsonObject,
  jsonOf,
  listIn,
  OK,
  textIn,
} from "./endpoint.ts";
import { phoneOf } from "./recipient.ts";
import { unionIdOf } from "./union-id.ts";

/** Openids that one call gives. */
export const MAX_OPENIDS = 10_000;
const MAX_BATCH = 100;
const MAX_REMARK_BYTES = 30;

function infoOf({ platform }: ApiCall, phone: Phone): JsonObject {
  const { openid, following, followedAt, followedBy, remark } = phone;
  if (!following) return { subscribe: 0, openid, tagid_list: [] };
  const tags = platform.tags.of(openid);
  const { scene, qrScene = "" } = followedBy;
  const isNumber = /^\d{1,10}$/.test(qrScene);
  return {
    subscribe: 1,
    openid,
    nickname: "",
    sex: 0,
    language: "zh_CN",
    city: "",
    province: "",
    country: "",
    headimgurl: "",
    subscribe_time: Math.floor(followedAt / 1000),
    unionid: unionIdOf(openid),
    remark,
    groupid: tags[0] ?? 0,
    tagid_list: tags,
    subscribe_scene: scene,
    qr_scene: isNumber ? Number(qrScene) : 0,
    qr_scene_str: isNumber ? "" : qrScene,
  };
}

function userInfo(call: ApiCall): JsonObject {
  const openid = call.query.get("openid");
  if (openid === null || openid === "") throw new ApiFailure(41009);
  return infoOf(call, phoneOf(call, openid));
}

function batchUserInfo(call: ApiCall): JsonObject {
  const users = listIn(jsonOf(call), "user_list");
  if (users === undefined) throw new ApiFailure(47001);
  if (users.length > MAX_BATCH) throw new ApiFailure(40032);
  return {
    user_info_list: users.map((user) =>
      infoOf(call, phoneOf(call, isJsonObject(user) ? textIn(user, "openid") : undefined)),
    ),
  };
}

/** A page of openids, from the one after `next`. An empty page ends the list. */
export function pageOf(openids: readonly string[], next: string): JsonObject {
  const page = openids.filter((openid) => openid > next).slice(0, MAX_OPENIDS);
  const last = page.at(-1);
  return last === undefined
    ? { count: 0, next_openid: "" }
    : { count: page.length, data: { openid: page }, next_openid: last };
}

function getFans(call: ApiCall): JsonObject {
  const next = call.query.get("next_openid") ?? "";
  if (next !== "") phoneOf(call, next);
  const followers = call.platform.phones.all().filter(({ following }) => following);
  return {
    total: followers.length,
    ...pageOf(
      followers.map(({ openid }) => openid),
      next,
    ),
  };
}

function updateRemark(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  const phone = phoneOf(call, textIn(json, "openid"));
  const remark = textIn(json, "remark");
  if (remark === undefined || utf8Length(remark) > MAX_REMARK_BYTES) throw new ApiFailure(40092);
  phone.remark = remark;
  return OK;
}

export const USER_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "GET",
    path: "/cgi-bin/user/info",
    right: "users",
    access: "token",
    dailyLimit: 5_000_000,
    handle: userInfo,
  },
  {
    method: "POST",
    path: "/cgi-bin/user/info/batchget",
    right: "users",
    access: "token",
    dailyLimit: 5_000_000,
    handle: batchUserInfo,
  },
  {
    method: "GET",
    path: "/cgi-bin/user/get",
    right: "users",
    access: "token",
    dailyLimit: 500,
    testDailyLimit: 100,
    handle: getFans,
  },
  {
    method: "POST",
    path: "/cgi-bin/user/info/updateremark",
    right: "users",
    access: "token",
    dailyLimit: 10_000,
    handle: updateRemark,
  },
];
