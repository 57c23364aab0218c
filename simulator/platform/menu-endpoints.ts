/**
 * The menu at the bottom of the phone.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
 */
import type { MenuButton } from "../timeline.ts";
import {
  type ApiCall,
  type ApiEndpoint,
  ApiFailure,
  type ApiResult,
  type JsonObject,
  jsonOf,
  objectIn,
  OK,
} from "./endpoint.ts";
import { type MenuFacts, readButtons } from "./menu-buttons.ts";
import { type ConditionalMenu, hostsOf, type MatchRule } from "./menus.ts";
import type { PlatformAccount } from "./platform-account.ts";
import { hasUnicodeEscapes } from "./unicode-escapes.ts";

/** Calls of `/cgi-bin/menu`, and the one that tells the console's menu too. */
export const MENU_ENDPOINTS: readonly ApiEndpoint[] = [
  menuCall("POST", "create", 1_000, create),
  menuCall("GET", "get", 10_000, get),
  menuCall("GET", "delete", 1_000, remove),
  menuCall("POST", "addconditional", 2_000, forVerified(addConditional)),
  menuCall("POST", "delconditional", 2_000, forVerified(removeConditional)),
  menuCall("POST", "trymatch", 20_000, forVerified(tryMatch)),
  {
    method: "GET",
    path: "/cgi-bin/get_current_selfmenu_info",
    right: "always",
    access: "token",
    handle: ({ platform }) => platform.menus.selfMenu(),
  },
];

type Handle = ApiEndpoint["handle"];

function menuCall(method: "GET" | "POST", name: string, dailyLimit: number, handle: Handle): ApiEndpoint {
  return { method, path: `/cgi-bin/menu/${name}`, right: "menu", access: "token", dailyLimit, handle };
}

/** Menus for some users are not for every account that has a menu. */
function forVerified(handle: Handle): Handle {
  return (call) => {
    if (!isVerified(call.platform)) throw new ApiFailure(48001);
    return handle(call);
  };
}

function isVerified({ account }: PlatformAccount): boolean {
  return account.kind !== "service-unverified";
}

/** @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu */
function create(call: ApiCall): ApiResult {
  call.platform.menus.create(readButtons(menuBodyOf(call), factsOf(call.platform)));
  return OK;
}

/** Menus are refused that are written with `\uXXXX`. */
function menuBodyOf(call: ApiCall): JsonObject {
  const body = jsonOf(call);
  if (hasUnicodeEscapes(call.body)) throw new ApiFailure(40033);
  return body;
}

function factsOf(platform: PlatformAccount): MenuFacts {
  return {
    isVerified: isVerified(platform),
    materialType: (mediaId) => {
      const kept = platform.media.find(mediaId);
      return kept?.lifetime === "permanent" ? kept.mediaType : undefined;
    },
  };
}

/** @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_getmenu */
function get({ platform: { menus } }: ApiCall): ApiResult {
  if (menus.buttons.length === 0) throw new ApiFailure(46003);
  const button = menus.buttons.map(wireOf);
  if (menus.conditional.length === 0) return { menu: { button } };
  return { menu: { button, menuid: menus.menuid }, conditionalmenu: menus.conditional.map(conditionalOf) };
}

/** Every button is told with a list of those under it, be it empty. */
function wireOf({ sub_button: subButtons = [], ...button }: MenuButton): JsonObject {
  return { ...button, sub_button: subButtons.map(wireOf) };
}

function conditionalOf({ buttons, rule, menuid }: ConditionalMenu): JsonObject {
  const { tagId, platform } = rule;
  return {
    button: buttons.map(wireOf),
    matchrule: {
      ...(tagId === undefined ? {} : { group_id: tagId }),
      ...(platform === undefined ? {} : { client_platform_type: platform }),
    },
    menuid,
  };
}

/** @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_deletemenu */
function remove({ platform: { menus } }: ApiCall): ApiResult {
  menus.clear();
  return OK;
}

const MAX_CONDITIONAL_HOSTS = 3;

/** @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_addconditionalmenu */
function addConditional(call: ApiCall): ApiResult {
  const body = menuBodyOf(call);
  const { platform } = call;
  const { menus } = platform;
  if (menus.buttons.length === 0) throw new ApiFailure(65303);
  const buttons = readButtons(body, factsOf(platform));
  const rule = readRule(objectIn(body, "matchrule") ?? {});
  const hosts = new Set([...menus.conditionalHosts(), ...hostsOf(buttons)]);
  if (hosts.size > MAX_CONDITIONAL_HOSTS) throw new ApiFailure(65316);
  return { menuid: String(menus.addConditional(buttons, rule)) };
}

/** What tells something private of users: refused since 2020. */
const PRIVATE = ["sex", "country", "province", "city", "language"];
const PLATFORMS = [1, 2, 3];

function readRule(rule: JsonObject): MatchRule {
  const isGiven = (name: string): boolean => (rule[name] ?? "") !== "";
  if (PRIVATE.some(isGiven)) throw new ApiFailure(65320);
  const tagId = isGiven("tag_id") ? wholeNumber(rule["tag_id"]) : wholeNumber(rule["group_id"]);
  const platform = wholeNumber(rule["client_platform_type"]);
  if (tagId === undefined && platform === undefined) throw new ApiFailure(65304);
  if (platform !== undefined && !PLATFORMS.includes(platform)) throw new ApiFailure(40035);
  return { ...(tagId === undefined ? {} : { tagId }), ...(platform === undefined ? {} : { platform }) };
}

/** A number, or its digits: WeChat takes both. */
function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  return /^\d{1,15}$/.test(String(value)) ? Number(value) : undefined;
}

/** @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_deleteconditionalmenu */
function removeConditional(call: ApiCall): ApiResult {
  const menuid = wholeNumber(jsonOf(call)["menuid"]);
  if (menuid === undefined || !call.platform.menus.removeConditional(menuid)) throw new ApiFailure(65301);
  return OK;
}

/** @see https://developers.weixin.qq.com/doc/service/api/custommenu/api_trymatchmenu */
function tryMatch(call: ApiCall): ApiResult {
  const { menus, phones, tags } = call.platform;
  const openid = jsonOf(call)["user_id"];
  if (menus.buttons.length === 0) throw new ApiFailure(65303);
  if (typeof openid !== "string" || phones.find(openid)?.following !== true) throw new ApiFailure(65302);
  return { button: menus.of({ tagIds: tags.of(openid) }).map(wireOf) };
}
