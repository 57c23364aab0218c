/**
 * The calls that give tokens, and the ticket of web pages.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/base/api_getaccesstoken
 * @see https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken
 */
import { ipRefusal } from "./ip-list.ts";
import { type ApiCall, type ApiEndpoint, ApiFailure, type JsonObject, jsonOf, textIn } from "./endpoint.ts";
import type { IssuedToken } from "./token-book.ts";
import { dayStartOf } from "./usage.ts";

/** What a caller shows of itself. */
interface Credential {
  readonly grantType: string | undefined;
  readonly secret: string | undefined;
}

function answerOf({ value, expiresInSeconds }: IssuedToken): JsonObject {
  return { access_token: value, expires_in: expiresInSeconds };
}

/** Refuses a caller that is not the account's own. The app id has been found right already. */
function checkCaller({ grantType, secret }: Credential, call: ApiCall): void {
  if (secret === undefined || secret === "") throw new ApiFailure(41004);
  if (grantType !== "client_credential") throw new ApiFailure(40002);
  if (secret !== call.platform.account.appSecret) throw new ApiFailure(40125);
  const refusal = ipRefusal(call.platform, call.clientIp);
  if (refusal !== undefined) throw refusal;
}

function getAccessToken(call: ApiCall): JsonObject {
  const { query, platform, now } = call;
  checkCaller(
    { grantType: query.get("grant_type") ?? undefined, secret: query.get("secret") ?? undefined },
    call,
  );
  return answerOf(platform.tokens.issue(now));
}

function getStableAccessToken(call: ApiCall): JsonObject {
  const json = jsonOf(call);
  checkCaller({ grantType: textIn(json, "grant_type"), secret: textIn(json, "secret") }, call);
  const { platform, now } = call;
  if (json["force_refresh"] !== true) return answerOf(platform.tokens.stable(now));
  const issued = platform.tokens.force(now, dayStartOf(now));
  if (issued === "too-often") throw new ApiFailure(45009);
  if (issued === "too-soon") throw new ApiFailure(45011);
  return answerOf(issued);
}

export const TOKEN_ENDPOINTS: readonly ApiEndpoint[] = [
  {
    method: "GET",
    path: "/cgi-bin/token",
    right: "always",
    access: "none",
    dailyLimit: 2_000,
    handle: getAccessToken,
  },
  {
    method: "POST",
    path: "/cgi-bin/stable_token",
    right: "always",
    access: "none",
    dailyLimit: 500_000,
    handle: getStableAccessToken,
  },
];
