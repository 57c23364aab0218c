/**
 * Reads what a web page asks of a user, as the page `open.weixin.qq.com/connect/oauth2/authorize` does.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
import { bilingual } from "../faults.ts";
import { type Scope, SCOPES } from "./oauth.ts";
import type { PlatformAccount } from "./platform-account.ts";

/** What a page may ask. */
export interface Authorization {
  readonly platform: PlatformAccount;
  readonly openid: string;
  readonly scope: Scope;
  readonly redirectUri: string;
  readonly state: string;
}

const WORDS = {
  appid_missing: ["appid is missing", "appid不能为空", 10012],
  appid_unknown: ["no simulated account has this appid", "AppID 参数错误"],
  redirect_missing: ["redirect_uri is missing", "redirect_uri不能为空", 10011],
  redirect_host: [
    "redirect_uri is of another domain than the one registered in the console, $1",
    "redirect_uri域名与后台配置不一致（后台配置：$1）",
    10003,
  ],
  scope_missing: ["scope is missing", "scope不能为空", 10010],
  scope_denied: [
    "this account has no right to this scope (WECHAT_ACCOUNT_KIND)",
    "此公众号并没有这些scope的权限（WECHAT_ACCOUNT_KIND）",
    10005,
  ],
  response_type: ["response_type must be code", "response_type 必须是 code"],
  state: ["state is at most 128 letters and digits", "state 只能是最多 128 字节的字母和数字"],
  not_following: ["only followers of a test account can log in", "必须关注此测试号", 10006],
  order: [
    "the parameters must come in the order appid, redirect_uri, response_type, scope, state",
    "参数顺序必须是 appid、redirect_uri、response_type、scope、state",
  ],
} as const satisfies Record<string, readonly [en: string, zh: string, code?: number]>;

/** A page that the user does not get to see, and why; `code` is WeChat's, where it documents one. */
export class AuthorizationRefused extends Error {
  override readonly name = "AuthorizationRefused";
  readonly code: number | undefined;

  constructor(reason: keyof typeof WORDS, ...facts: readonly string[]) {
    const words: readonly [en: string, zh: string, code?: number] = WORDS[reason];
    const [en, zh, code] = words;
    const coded =
      code === undefined ? ([en, zh] as const) : ([`${en} (${code})`, `${zh}，错误码：${code}`] as const);
    super(bilingual(coded, facts));
    this.code = code;
  }
}

const NAMES = ["appid", "redirect_uri", "response_type", "scope", "state"];
const STATE = /^[A-Za-z0-9]{0,128}$/;

/** @throws {AuthorizationRefused} when the parameters of a link are not in the documented order, which WeChat checks */
export function checkOrder(query: URLSearchParams): void {
  const given = [...query.keys()].filter((name) => NAMES.includes(name));
  const wanted = NAMES.filter((name) => given.includes(name));
  if (given.join() !== wanted.join()) throw new AuthorizationRefused("order");
}

/**
 * Reads what is asked.
 *
 * @param text the parameter of that name; empty when there is none
 * @throws {AuthorizationRefused} with the first thing that is wrong
 */
export function readAuthorization(
  text: (name: string) => string,
  platforms: readonly PlatformAccount[],
): Authorization {
  const [appid, redirectUri, scope, state] = [
    text("appid"),
    text("redirect_uri"),
    text("scope"),
    text("state"),
  ];
  if (appid === "") throw new AuthorizationRefused("appid_missing");
  const platform = platforms.find(({ account }) => account.appId === appid);
  if (platform === undefined) throw new AuthorizationRefused("appid_unknown");
  if (redirectUri === "") throw new AuthorizationRefused("redirect_missing");
  const registered = hostnameOf(platform.account.url) ?? "";
  if (hostnameOf(redirectUri) !== registered) throw new AuthorizationRefused("redirect_host", registered);
  if (text("response_type") !== "code") throw new AuthorizationRefused("response_type");
  if (scope === "") throw new AuthorizationRefused("scope_missing");
  const known = SCOPES.find((name) => name === scope);
  if (known === undefined || !platform.has("oauth")) throw new AuthorizationRefused("scope_denied");
  if (!STATE.test(state)) throw new AuthorizationRefused("state");
  const openid = text("openid");
  if (platform.account.kind === "test" && !platform.phones.of(openid).following) {
    throw new AuthorizationRefused("not_following");
  }
  return { platform, openid, scope: known, redirectUri, state };
}

/** The domain of web login stands in the console; here it is that of the callback URL. */
function hostnameOf(url: string): string | undefined {
  return /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Where the browser goes with a code: to the page's own address, which keeps its query and fragment. */
export function locationOf({ redirectUri, state }: Authorization, code: string): string {
  const [address = "", ...fragment] = redirectUri.split("#");
  const query = `code=${code}&state=${state}`;
  const joint = address.includes("?") ? (/[?&]$/.test(address) ? "" : "&") : "?";
  return [`${address}${joint}${query}`, ...fragment].join("#");
}
