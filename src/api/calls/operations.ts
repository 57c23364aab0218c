/**
 * Calls for the people who run the account: addresses, quotas, requests that went wrong, and what the console was set to.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
 */
import { ApiInputError } from "../../errors.ts";
import { credentialsOf } from "../request/api-account.ts";
import type { AutoReplyInfo } from "./auto-replies.ts";
import type { ApiCaller } from "../request/caller.ts";
import { appIdOf } from "./redirects.ts";

/** What WeChat is to try. */
export interface CallbackCheck {
  /** Default `all`. */
  readonly action?: "dns" | "ping" | "all";
  /** From which network: China Telecom, China Unicom, Tencent's own, or the nearest. Default `DEFAULT`. */
  readonly check_operator?: "CHINANET" | "UNICOM" | "CAP" | "DEFAULT";
}

/** How WeChat reaches the callback URL. */
export interface CallbackReport {
  readonly dns?: readonly { readonly ip: string; readonly real_operator: string }[];
  readonly ping?: readonly {
    readonly ip: string;
    readonly from_operator: string;
    /** `0%` or `100%`: one packet is sent. */
    readonly package_loss: string;
    /** `23.079ms`. */
    readonly time?: string;
  }[];
}

/** How often a call may be made. */
export interface ApiQuota {
  readonly quota: {
    /** Calls a day. */
    readonly daily_limit: number;
    /** Calls today. */
    readonly used: number;
    readonly remain: number;
  };
  /** So many calls within so many seconds. */
  readonly rate_limit?: RateLimit;
  /** The same for a third-party platform. */
  readonly component_rate_limit?: RateLimit;
}

/** So many calls within so many seconds. */
export interface RateLimit {
  readonly call_count: number;
  readonly refresh_second: number;
}

/** A request as WeChat has seen it. Holds the access token that it was made with: not for logs. */
export interface RequestInfo {
  /** Seconds since the epoch. */
  readonly invoke_time: number;
  readonly cost_in_ms: number;
  /** The query. */
  readonly request_url: string;
  readonly request_body: string;
  readonly response_body: string;
  readonly client_ip: string;
}

const CHECK_PATH = "/cgi-bin/callback/check";
const CALLBACK_IPS_PATH = "/cgi-bin/getcallbackip";
const API_IPS_PATH = "/cgi-bin/get_api_domain_ip";
const QUOTA_PATH = "/cgi-bin/openapi/quota/get";
const CLEAR_PATH = "/cgi-bin/clear_quota";
const CLEAR_BY_SECRET_PATH = "/cgi-bin/clear_quota/v2";
const REQUEST_PATH = "/cgi-bin/openapi/rid/get";
const AUTO_REPLIES_PATH = "/cgi-bin/get_current_autoreply_info";

/** WeChat looks the name up and waits for an echo of every address. */
const CHECK_TIMEOUT_MS = 20_000;
/** 200 rules of ten keywords and five replies of 600 characters each. */
const MAX_AUTO_REPLIES_BYTES = 4 * 1_048_576;

/** Calls about calls. Every account may make them. */
export class Operations {
  readonly #caller: ApiCaller;

  constructor(caller: ApiCaller) {
    this.#caller = caller;
  }

  /**
   * Lets WeChat try whether it can reach the callback URL that is set in the console.
   *
   * @throws {ApiError} 40201 when none is set; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/base/api_callbackcheck
   */
  checkCallback({ action = "all", check_operator = "DEFAULT" }: CallbackCheck = {}): Promise<CallbackReport> {
    return this.#caller.call<CallbackReport>("POST", CHECK_PATH, {
      body: { action, check_operator },
      idempotent: true,
      timeoutMs: CHECK_TIMEOUT_MS,
    });
  }

  /**
   * Addresses and networks that pushes come from. They change: ask once a day.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/base/api_getcallbackip
   */
  callbackIps(): Promise<readonly string[]> {
    return this.#ips(CALLBACK_IPS_PATH);
  }

  /**
   * Addresses of `api.weixin.qq.com`. They change: ask once a day.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/base/api_getapidomainip
   */
  apiDomainIps(): Promise<readonly string[]> {
    return this.#ips(API_IPS_PATH);
  }

  /**
   * How often a call may be made today, and how often it was.
   *
   * @param cgiPath `/cgi-bin/message/custom/send`: without host and query; WeChat counts no calls of `/sns/…`
   * @throws {ApiInputError} when it is no such path
   * @throws {ApiError} 76021 when there is no such call; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
   */
  async quota(cgiPath: string): Promise<ApiQuota> {
    if (!/^\/[^\s?#]+$/.test(cgiPath) || cgiPath.startsWith("/sns/")) {
      throw new ApiInputError(
        `A quota is asked for by a path such as /cgi-bin/user/get, not of /sns/ and without host and query; "${cgiPath}" is none.`,
      );
    }
    const { quota, rate_limit, component_rate_limit } = await this.#caller.call<ApiQuota>(
      "POST",
      QUOTA_PATH,
      { body: { cgi_path: cgiPath }, idempotent: true },
    );
    return {
      quota,
      ...(rate_limit === undefined ? {} : { rate_limit }),
      ...(component_rate_limit === undefined ? {} : { component_rate_limit }),
    };
  }

  /**
   * Begins today's count of all calls anew: ten times a month. Calls that were closed for their quota are open again,
   * in all isolates. A call without an answer is not repeated.
   *
   * @throws {ApiError} 48006 when the ten times are used up; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/openApi/clear_quota.html
   */
  async clearQuota(): Promise<void> {
    await this.#caller.call("POST", CLEAR_PATH, { body: { appid: appIdOf(this.#caller.account) } });
    await this.#caller.reopen();
  }

  /**
   * The same without an access token, for when there are none to be had any more. Counts among the same ten times.
   *
   * @throws {ApiError} 48006 when the ten times are used up; and as every call does
   * @throws {ConfigError} when the account has no AppSecret
   * @see https://developers.weixin.qq.com/doc/service/api/apimanage/api_clearquotabyappsecret
   */
  async clearQuotaBySecret(): Promise<void> {
    const { appid, secret: appsecret } = credentialsOf(this.#caller.account);
    // WeChat's table wants them in the body, its example has them in the query, and SDKs in use do either.
    const credentials = { appid, appsecret };
    await this.#caller.call("POST", CLEAR_BY_SECRET_PATH, {
      query: credentials,
      body: credentials,
      token: false,
    });
    await this.#caller.reopen();
  }

  /**
   * A request of the last seven days that WeChat has refused.
   *
   * @param rid what WeChat's `errmsg` ends with: `rid: 61725984-6126f6f9-040f19c4`
   * @throws {ApiInputError} when it is no such id
   * @throws {ApiError} 76001 when there is no such request; and as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/apimanage/api_getridinfo
   */
  async requestInfo(rid: string): Promise<RequestInfo> {
    if (!/^[\da-f]+(?:-[\da-f]+)+$/i.test(rid)) {
      throw new ApiInputError(
        `A rid has digits and dashes, as 61725984-6126f6f9-040f19c4; "${rid}" is none.`,
      );
    }
    const { request } = await this.#caller.call<{ request: RequestInfo }>("POST", REQUEST_PATH, {
      body: { rid },
      idempotent: true,
    });
    return request;
  }

  /**
   * The automatic replies that are set in the console, which are silent while a callback URL is on.
   *
   * @throws {ApiError} as every call does
   * @see https://developers.weixin.qq.com/doc/service/api/notify/autoreplies/api_getcurrentautoreplyinfo
   */
  autoReplyInfo(): Promise<AutoReplyInfo> {
    return this.#caller.call<AutoReplyInfo>("GET", AUTO_REPLIES_PATH, {
      maxAnswerBytes: MAX_AUTO_REPLIES_BYTES,
    });
  }

  async #ips(path: string): Promise<readonly string[]> {
    const { ip_list } = await this.#caller.call<{ ip_list: readonly string[] }>("GET", path);
    return ip_list;
  }
}
