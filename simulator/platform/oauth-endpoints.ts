/**
 * Web login: what a page's server asks after the user came back with a code.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
 */
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type ApiResult,
  type JsonObject,
  OK,
  type Ownership,
} from "./endpoint.ts";
import { errmsgOf } from "./errmsg.ts";
import { type Grant, SNS_TOKEN_LIFETIME_SECONDS } from "./oauth.ts";
import { unionIdOf } from "./union-id.ts";

/** Calls of `/sns`. */
export const OAUTH_ENDPOINTS: readonly ApiEndpoint[] = [
  { method: "GET", path: "/sns/oauth2/access_token", right: "oauth", access: "none", handle: exchange },
  { method: "GET", path: "/sns/oauth2/refresh_token", right: "oauth", access: "none", handle: refresh },
  {
    method: "GET",
    path: "/sns/userinfo",
    right: "oauth",
    access: "none",
    owner: grantedWith(40001),
    handle: userInfo,
  },
  {
    method: "GET",
    path: "/sns/auth",
    right: "oauth",
    access: "none",
    owner: grantedWith(40014),
    handle: checkToken,
  },
];

/** These calls write a comma before the `rid`. */
function snsFailure(errcode: number): ApiFailure {
  return new ApiFailure(errcode, `${errmsgOf(errcode)},`);
}

/** The account is that which granted the token. */
function grantedWith(unknownToken: number): Ownership {
  return {
    isOf: ({ oauth }, query) => oauth.find(query.get("access_token") ?? "") !== undefined,
    nobodys: (query) => snsFailure((query.get("access_token") ?? "") === "" ? 41001 : unknownToken),
  };
}

function exchange({ platform, query }: ApiCall): ApiResult {
  const secret = given(query, "secret", 41004);
  if (secret !== platform.account.appSecret) throw snsFailure(40125);
  const code = given(query, "code", 41008);
  if (query.get("grant_type") !== "authorization_code") throw snsFailure(40002);
  const grant = platform.oauth.exchange(code);
  if (grant === "unknown") throw snsFailure(40029);
  if (grant === "used") throw snsFailure(40163);
  const unionid = grant.scope === "snsapi_userinfo" ? { unionid: unionIdOf(grant.openid) } : {};
  return { ...tokenOf(grant), ...unionid };
}

/** @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken */
function refresh({ platform, query }: ApiCall): ApiResult {
  const refreshToken = given(query, "refresh_token", 41003);
  if (query.get("grant_type") !== "refresh_token") throw snsFailure(40002);
  const grant = platform.oauth.refresh(refreshToken);
  if (grant === "unknown") throw snsFailure(40030);
  if (grant === "expired") throw snsFailure(42002);
  return tokenOf(grant);
}

function tokenOf({ accessToken, refreshToken, openid, scope }: Grant): JsonObject {
  return {
    access_token: accessToken,
    expires_in: SNS_TOKEN_LIFETIME_SECONDS,
    refresh_token: refreshToken,
    openid,
    scope,
  };
}

/** @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo */
function userInfo(call: ApiCall): ApiResult {
  const { openid, scope } = grantOf(call);
  if (scope !== "snsapi_userinfo") throw snsFailure(48001);
  // WeChat tells neither sex nor place of anybody any more.
  return {
    openid,
    nickname: call.platform.phones.of(openid).nickname,
    sex: 0,
    province: "",
    city: "",
    country: "",
    headimgurl: `${call.origin}/media/sample`,
    privilege: [],
    unionid: unionIdOf(openid),
  };
}

/** @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth */
function checkToken(call: ApiCall): ApiResult {
  grantOf(call);
  return OK;
}

/** The grant that a call is made with: it must have been given to this very user. */
function grantOf({ platform, query, now }: ApiCall): Grant {
  const openid = given(query, "openid", 41009);
  const grant = platform.oauth.find(query.get("access_token") ?? "");
  if (grant === undefined) throw snsFailure(40001);
  if (now >= grant.expiresAt) throw snsFailure(42001);
  if (grant.openid !== openid) throw snsFailure(40003);
  return grant;
}

function given(query: URLSearchParams, name: string, missing: number): string {
  const text = query.get(name);
  if (text === null || text === "") throw snsFailure(missing);
  return text;
}
