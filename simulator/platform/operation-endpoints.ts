/**
 * Calls about calls: addresses, quotas, request ids, the check of the callback, and what the console was set to.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/base/api_callbackcheck
 * @see https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
 * @see https://developers.weixin.qq.com/doc/service/api/notify/autoreplies/api_getcurrentautoreplyinfo
 */
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type JsonObject,
  jsonOf,
  OK,
  textIn,
} from "./endpoint.ts";
import { limitOf } from "./usage.ts";

/** Where pushes come from: the simulator's own address. */
const CALLBACK_IPS = ["127.0.0.1"];
const API_DOMAIN_IPS = ["127.0.0.1"];
const ACTIONS = ["dns", "ping", "all"];
const OPERATORS = ["CHINANET", "UNICOM", "CAP", "DEFAULT"];
const DEFAULT_OPERATOR = "CAP";
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.+\])$/;

/** Really asks the callback URL; who does not answer counts as a lost packet. Names are not resolved. */
async function callbackCheck(call: ApiCall): Promise<JsonObject> {
  const json = jsonOf(call);
  const [action, operator] = [textIn(json, "action") ?? "", textIn(json, "check_operator") ?? ""];
  if (!ACTIONS.includes(action)) throw new ApiFailure(40202);
  if (!OPERATORS.includes(operator)) throw new ApiFailure(40203);
  const { url } = call.platform.account;
  if (!URL.canParse(url)) throw new ApiFailure(40201);
  const { hostname } = new URL(url);
  const ip = ADDRESS.test(hostname) ? hostname.replace(/^\[|\]$/g, "") : "127.0.0.1";
  const from_operator = operator === "DEFAULT" ? DEFAULT_OPERATOR : operator;
  const dns = action === "ping" ? {} : { dns: [{ ip, real_operator: DEFAULT_OPERATOR }] };
  if (action === "dns") return dns;
  const checked = await call.platform.checkUrl();
  const isReached = checked.ok || checked.status !== undefined;
  const ping = {
    ip,
    from_operator,
    package_loss: isReached ? "0%" : "100%",
    time: `${checked.durationMs}.000ms`,
  };
  return { ...dns, ping: [ping] };
}

function clearQuota(call: ApiCall): JsonObject {
  if (textIn(jsonOf(call), "appid") !== call.platform.account.appId) throw new ApiFailure(40013);
  if (!call.platform.usage.clear(call.now)) throw new ApiFailure(48006);
  return OK;
}

/** Works even when no token is to be had. */
function clearQuotaBySecret(call: ApiCall): JsonObject {
  const { platform, query, body, now } = call;
  const json = body.length === 0 ? {} : jsonOf(call);
  const secret = query.get("appsecret") ?? textIn(json, "appsecret") ?? "";
  if (secret === "") throw new ApiFailure(41004);
  if (secret !== platform.account.appSecret) throw new ApiFailure(40125);
  if (!platform.usage.clear(now)) throw new ApiFailure(48006);
  return OK;
}

function ridInfo(call: ApiCall): JsonObject {
  const rid = textIn(jsonOf(call), "rid") ?? "";
  const found = call.platform.calls.find(rid);
  if (found === undefined) throw new ApiFailure(76001);
  const { durationMs, requestUrl, responseBody, clientIp } = found;
  const { at, body } = found.call;
  return {
    ...OK,
    request: {
      invoke_time: Math.floor(at / 1000),
      cost_in_ms: durationMs,
      request_url: requestUrl,
      request_body: body === null ? "" : JSON.stringify(body),
      response_body: responseBody,
      client_ip: clientIp,
    },
  };
}

/** `openapi/quota/get` knows every other call. */
function quotaEndpoint(endpoints: readonly ApiEndpoint[]): ApiEndpoint {
  return {
    method: "POST",
    path: "/cgi-bin/openapi/quota/get",
    right: "always",
    access: "token",
    handle: (call) => {
      const { platform, now } = call;
      const path = textIn(jsonOf(call), "cgi_path") ?? "";
      if (path.startsWith("/sns/")) throw new ApiFailure(76022);
      const endpoint = endpoints.find((one) => one.path === path);
      if (endpoint === undefined) throw new ApiFailure(76021);
      const limit = limitOf(endpoint, platform.account.kind) ?? 0;
      const used = platform.usage.usedOf(path, now);
      return { ...OK, quota: { daily_limit: limit, used, remain: Math.max(0, limit - used) } };
    },
  };
}

/** The calls of this file; `others` are those whose quotas can be asked for besides. */
export function operationEndpoints(others: readonly ApiEndpoint[]): readonly ApiEndpoint[] {
  const own: readonly ApiEndpoint[] = [
    {
      method: "POST",
      path: "/cgi-bin/callback/check",
      right: "always",
      access: "token",
      handle: callbackCheck,
    },
    {
      method: "GET",
      path: "/cgi-bin/getcallbackip",
      right: "always",
      access: "token",
      handle: () => ({ ip_list: CALLBACK_IPS }),
    },
    {
      method: "GET",
      path: "/cgi-bin/get_api_domain_ip",
      right: "always",
      access: "token",
      handle: () => ({ ip_list: API_DOMAIN_IPS }),
    },
    { method: "POST", path: "/cgi-bin/clear_quota", right: "always", access: "token", handle: clearQuota },
    {
      method: "POST",
      path: "/cgi-bin/clear_quota/v2",
      right: "always",
      access: "none",
      handle: clearQuotaBySecret,
    },
    { method: "POST", path: "/cgi-bin/openapi/rid/get", right: "always", access: "token", handle: ridInfo },
    {
      method: "GET",
      path: "/cgi-bin/get_current_autoreply_info",
      right: "always",
      access: "token",
      handle: ({ platform }) => platform.autoReplies,
    },
  ];
  return [...own, quotaEndpoint([...others, ...own])];
}
