/**
 * What a web page needs to use WeChat's JS-SDK: the signed parameters of `wx.config`, and of cards.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
 */
import { ApiInputError } from "../../errors.ts";
import { sign } from "../../protocol/signature.ts";
import type { ApiCaller } from "../request/caller.ts";

/** What a page wants to use. */
export interface JsSdkOptions {
  /** Names of functions, such as `updateAppMessageShareData`. */
  readonly apis?: readonly string[];
  /** Names of elements, such as `wx-open-launch-weapp`. */
  readonly openTags?: readonly string[];
}

/** For `wx.config`, as it is. */
export interface JsSdkConfig {
  readonly appId: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly nonceStr: string;
  readonly signature: string;
  readonly jsApiList: readonly string[];
  readonly openTagList: readonly string[];
}

/** Who may take a card. */
export interface CardOptions {
  /** The card's own code, of cards with codes of one's own. */
  readonly code?: string;
  /** The only user who may take it, of cards that are bound to one. */
  readonly openid?: string;
  /** Where it was taken, for one's own statistics. Not signed. */
  readonly outerStr?: string;
}

/** What a page's signature is made of. */
export interface PageToSign {
  readonly ticket: string;
  readonly nonceStr: string;
  readonly timestamp: number;
  readonly url: string;
}

/** Signed parameters for web pages. */
export class JsSdk {
  readonly #caller: ApiCaller;
  readonly #clock: () => number;

  /** @param clock milliseconds since the epoch */
  constructor(caller: ApiCaller, clock: () => number) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /**
   * The parameters of `wx.config` for one page. The ticket is fetched once for all pages and kept for its two hours.
   * The page's domain must be registered in the console, at 设置与开发 → 公众号设置 → 功能设置 → JS接口安全域名.
   *
   * @param url the page's address as the browser shows it, `location.href`: WeChat signs it letter by letter, without
   *   the part from `#` on
   * @throws {ApiInputError} when the url does not begin with http:// or https://
   * @throws {ApiError} as every call does
   * @throws {ConfigError} when the account has no AppSecret
   * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#62
   * @example
   * app.get("/wx-config", async (c) => c.json(await api.jsSdk.config(c.req.query("url") ?? "", { apis: ["scanQRCode"] })));
   */
  async config(url: string, { apis = [], openTags = [] }: JsSdkOptions = {}): Promise<JsSdkConfig> {
    if (!/^https?:\/\/./i.test(url)) {
      throw new ApiInputError("A page's url begins with http:// or https://, as in location.href.");
    }
    const page = { nonceStr: newNonce(), timestamp: this.#now(), url };
    const signature = await jsSdkSignature({ ...page, ticket: await this.#caller.ticket("jsapi") });
    const { nonceStr, timestamp } = page;
    const { appId } = this.#caller.account;
    return { appId, timestamp, nonceStr, signature, jsApiList: apis, openTagList: openTags };
  }

  /**
   * The `cardExt` of `wx.addCard`, for one card and one user: another one is needed for the next.
   *
   * @returns JSON, as the page hands it over
   * @throws {ApiInputError} when the card's id is empty
   * @throws {ApiError} as every call does
   * @throws {ConfigError} when the account has no AppSecret
   * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html#65
   */
  async cardExt(cardId: string, { code = "", openid = "", outerStr }: CardOptions = {}): Promise<string> {
    if (cardId === "") throw new ApiInputError("The card's id is empty.");
    const timestamp = String(this.#now());
    const nonce_str = newNonce();
    const ticket = await this.#caller.ticket("wx_card");
    const signature = await sign(ticket, timestamp, cardId, code, openid, nonce_str);
    return JSON.stringify({
      ...(code === "" ? {} : { code }),
      ...(openid === "" ? {} : { openid }),
      ...(outerStr === undefined ? {} : { outer_str: outerStr }),
      timestamp,
      nonce_str,
      signature,
    });
  }

  #now(): number {
    return Math.floor(this.#clock() / 1_000);
  }
}

/** The signature of a page: SHA-1 over the values as they are, in this order. 40 lower-case hexadecimal digits. */
export function jsSdkSignature({ ticket, nonceStr, timestamp, url }: PageToSign): Promise<string> {
  const [address = ""] = url.split("#");
  return sign(`jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${address}`);
}

/** 32 characters: a card's nonce may not be longer. */
function newNonce(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
