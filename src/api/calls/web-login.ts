/**
 * Web login: who the user is that opens a page inside WeChat. Verified service accounts and test accounts have it,
 * and so do the verified 订阅号 of governments and media.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
import { ApiError, ApiInputError } from "../../errors.ts";
import { credentialsOf } from "../request/api-account.ts";
import type { ApiCaller } from "../request/caller.ts";
import { appIdOf, checkReturnAddress, checkState, pageUrl } from "./redirects.ts";
import type { UserLanguage } from "./users.ts";

/** What a page asks of its user: the openid, without a question; or name and picture, if the user agrees. */
export type LoginScope = "snsapi_base" | "snsapi_userinfo";

/** Parameters of the page where the browser is sent. */
export interface AuthorizeOptions {
  /** Where it comes back to, with `code` and `state`; of the domain that is registered in the console. */
  readonly redirectUri: string;
  readonly scope: LoginScope;
  /**
   * Comes back as it is: up to 128 letters and digits. Make a new one each time and compare it with what is in the
   * browser's cookie, or strangers can log users in as themselves.
   */
  readonly state: string;
  /** Asks also the user who has agreed before. */
  readonly forcePopup?: boolean;
  /** Shows the page as a snapshot, with a made-up user, until the user wants more. */
  readonly forceSnapShot?: boolean;
}

/** What a user has granted. Its tokens are good for that user's data only, and belong on the server. */
export interface LoginGrant {
  readonly access_token: string;
  /** Lifetime of the access token: two hours. */
  readonly expires_in: number;
  /** Good for 30 days. */
  readonly refresh_token: string;
  readonly openid: string;
  /** Scopes, with commas between them. */
  readonly scope: string;
  /** With `snsapi_userinfo`, when the account is bound to an Open Platform account. */
  readonly unionid?: string;
  /** The page is seen as a snapshot: this is no real user, and will be another one the next time. */
  readonly is_snapshotuser?: 1;
}

/** The part of a grant that proves it. */
export type LoginProof = Pick<LoginGrant, "access_token" | "openid"> & Partial<Pick<LoginGrant, "scope">>;

/** What a user shows of themselves. Sex and place are no longer told. */
export interface LoginProfile {
  readonly openid: string;
  readonly nickname: string;
  /** Empty when the user has no picture; changes with the picture. */
  readonly headimgurl: string;
  readonly privilege: readonly string[];
  readonly unionid?: string;
}

/** Who has logged in. */
export interface LoginUser {
  readonly openid: string;
  readonly unionid?: string;
  readonly is_snapshotuser?: 1;
  /** When the scope was `snsapi_userinfo`, and the user is a real one. */
  readonly profile?: LoginProfile;
}

const WECHAT_OPEN_BASE = "https://open.weixin.qq.com";
const AUTHORIZE_PATH = "/connect/oauth2/authorize";
const EXCHANGE_PATH = "/sns/oauth2/access_token";
const REFRESH_PATH = "/sns/oauth2/refresh_token";
const CHECK_PATH = "/sns/auth";
const PROFILE_PATH = "/sns/userinfo";

/** The token is unknown, malformed, over, voided by a new password, or another user's. */
const NOT_VALID: readonly number[] = [40001, 40003, 40014, 42001, 42007];

/** Calls of `/sns`, and the page before them. */
export class WebLogin {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * The page to send the browser to, inside WeChat. No call is made.
   *
   * @throws {ApiInputError} when `redirectUri` is no http address, or `state` has other characters than letters and
   *   digits, or more than 128
   * @throws {ConfigError} when the account has no app id
   * @throws {ApiError} 48001 when the account's kind has no web login: the page would say so to the user (10005)
   * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html#0
   * @example
   * const state = crypto.randomUUID().replaceAll("-", "");
   * setCookie(c, "login", state, { httpOnly: true, secure: true, sameSite: "Lax" });
   * return c.redirect(api.webLogin.authorizeUrl({ redirectUri: "https://example.com/back", scope: "snsapi_base", state }));
   */
  authorizeUrl({ redirectUri, scope, state, forcePopup, forceSnapShot }: AuthorizeOptions): string {
    checkReturnAddress("redirectUri", redirectUri);
    checkState("state", state);
    this.#caller.checkPage(AUTHORIZE_PATH);
    const { account } = this.#caller;
    // WeChat refuses the same parameters in another order.
    return pageUrl(`${account.webBase ?? WECHAT_OPEN_BASE}${AUTHORIZE_PATH}`, {
      appid: appIdOf(account),
      redirect_uri: redirectUri,
      response_type: "code",
      scope,
      state,
      forcePopup,
      forceSnapShot,
    });
  }

  /**
   * Exchanges the code that the browser came back with. A code is good for five minutes and for one exchange, so a call
   * without an answer is not repeated: send the browser to `authorizeUrl` again.
   *
   * @throws {ApiInputError} when there is no code: the user has refused
   * @throws {ApiError} 40029 when the code is invalid or over, 40163 when it has been used; and as every call does
   * @throws {ConfigError} when the account has no AppSecret
   * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
   */
  async exchange(code: string): Promise<LoginGrant> {
    if (code === "") throw new ApiInputError("There is no code to exchange: the user did not agree.");
    const query = { ...credentialsOf(this.#caller.account), code, grant_type: "authorization_code" };
    return this.#caller.call<LoginGrant>("GET", EXCHANGE_PATH, { query, token: false, idempotent: false });
  }

  /**
   * Makes a grant last longer: an access token that is still valid stays the same, one that is over is replaced.
   *
   * @throws {ApiInputError} when there is no refresh token
   * @throws {ApiError} 40030 when it is invalid, 42002 when its 30 days are over: log in again; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken
   */
  async refresh(refreshToken: string): Promise<LoginGrant> {
    if (refreshToken === "") throw new ApiInputError("The refresh token is empty.");
    const appid = appIdOf(this.#caller.account);
    const query = { appid, grant_type: "refresh_token", refresh_token: refreshToken };
    return this.#caller.call<LoginGrant>("GET", REFRESH_PATH, { query, token: false });
  }

  /**
   * Whether an access token is good, and that user's.
   *
   * @throws {ApiError} as every call does, when the answer is neither yes nor no
   * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsauth
   */
  async isValid({ access_token, openid }: LoginProof): Promise<boolean> {
    if (access_token === "" || openid === "") return false;
    try {
      await this.#caller.call("GET", CHECK_PATH, { query: { access_token, openid }, token: false });
      return true;
    } catch (error) {
      if (error instanceof ApiError && NOT_VALID.includes(error.errcode)) return false;
      throw error;
    }
  }

  /**
   * What the user shows of themselves.
   *
   * @throws {ApiInputError} when the scope was not `snsapi_userinfo`
   * @throws {ApiError} 42001 when the access token is over: `refresh` it; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo
   */
  async userInfo(
    { access_token, openid, scope }: LoginProof,
    lang: UserLanguage = "zh_CN",
  ): Promise<LoginProfile> {
    if (scope !== undefined && !includesProfile(scope)) {
      throw new ApiInputError(`Name and picture need the scope snsapi_userinfo; this grant has ${scope}.`);
    }
    const query = { access_token, openid, lang };
    const { nickname, headimgurl, privilege, unionid } = await this.#caller.call<LoginProfile>(
      "GET",
      PROFILE_PATH,
      { query, token: false },
    );
    return { openid, nickname, headimgurl, privilege, ...(unionid === undefined ? {} : { unionid }) };
  }

  /**
   * Who the user is that came back with a code: `exchange`, and `userInfo` where the scope allows it.
   *
   * @throws as `exchange` and `userInfo` do
   * @example
   * if (state !== getCookie(c, "login")) return c.text("请重新登录", 400);
   * const { openid, profile } = await api.webLogin.user(code);
   */
  async user(code: string, lang?: UserLanguage): Promise<LoginUser> {
    const grant = await this.exchange(code);
    const { openid, is_snapshotuser } = grant;
    // Of a made-up user there is nothing to tell, and WeChat may refuse to.
    const profile =
      is_snapshotuser === undefined && includesProfile(grant.scope)
        ? await this.userInfo(grant, lang)
        : undefined;
    const unionid = grant.unionid ?? profile?.unionid;
    return {
      openid,
      ...(unionid === undefined ? {} : { unionid }),
      ...(is_snapshotuser === undefined ? {} : { is_snapshotuser }),
      ...(profile === undefined ? {} : { profile }),
    };
  }
}

function includesProfile(scope: string): boolean {
  return scope.split(",").includes("snsapi_userinfo" satisfies LoginScope);
}
