/**
 * Web login of one account's users: codes, and the tokens that they are exchanged for.
 *
 * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken
 */
import { randomText } from "../random-text.ts";
import { Recent } from "../recent.ts";
import type { PlatformContext } from "./platform-context.ts";

/** What a page may know: the openid only, without asking; or name and picture, if the user agrees. */
export const SCOPES = ["snsapi_base", "snsapi_userinfo"] as const;
export type Scope = (typeof SCOPES)[number];

/** What a user has granted to a page. */
export interface Grant {
  readonly openid: string;
  readonly scope: Scope;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** When the refresh token does. */
  readonly refreshableUntil: number;
}

export const CODE_LIFETIME_MS = 5 * 60 * 1_000;
export const SNS_TOKEN_LIFETIME_SECONDS = 7_200;
export const REFRESH_LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

interface IssuedCode {
  readonly openid: string;
  readonly scope: Scope;
  readonly expiresAt: number;
  readonly isUsed: boolean;
}

const CODE_CHARACTERS = 32;
const TOKEN_CHARACTERS = 86;
const MAX_KEPT = 5_000;

/** Codes and grants of one account. */
export class OAuthBook {
  readonly #now: () => number;
  readonly #codes = new Recent<IssuedCode>(MAX_KEPT);
  readonly #byAccessToken = new Recent<Grant>(MAX_KEPT);
  readonly #byRefreshToken = new Recent<Grant>(MAX_KEPT);

  constructor({ now }: Pick<PlatformContext, "now">) {
    this.#now = now;
  }

  /** A code for a user who agreed, or was not asked. */
  issueCode(openid: string, scope: Scope): string {
    const code = `0${randomText(CODE_CHARACTERS - 1)}`;
    this.#codes.keep(code, { openid, scope, expiresAt: this.#now() + CODE_LIFETIME_MS, isUsed: false });
    return code;
  }

  /** What a code is good for: it can be exchanged once, within five minutes. */
  exchange(code: string): Grant | "unknown" | "used" {
    const issued = this.#codes.get(code);
    if (issued?.isUsed === true) return "used";
    const now = this.#now();
    if (issued === undefined || now >= issued.expiresAt) return "unknown";
    this.#codes.keep(code, { ...issued, isUsed: true });
    const { openid, scope } = issued;
    return this.#keep({
      openid,
      scope,
      accessToken: newToken(),
      refreshToken: newToken(),
      expiresAt: now + SNS_TOKEN_LIFETIME_SECONDS * 1_000,
      refreshableUntil: now + REFRESH_LIFETIME_MS,
    });
  }

  /** Renews a grant: a token that is still valid lasts longer, one that has expired is replaced. */
  refresh(refreshToken: string): Grant | "unknown" | "expired" {
    const grant = this.#byRefreshToken.get(refreshToken);
    if (grant === undefined) return "unknown";
    const now = this.#now();
    if (now >= grant.refreshableUntil) return "expired";
    const accessToken = now < grant.expiresAt ? grant.accessToken : newToken();
    return this.#keep({ ...grant, accessToken, expiresAt: now + SNS_TOKEN_LIFETIME_SECONDS * 1_000 });
  }

  /** The grant of an access token, also of one that has expired. */
  find(accessToken: string): Grant | undefined {
    return this.#byAccessToken.get(accessToken);
  }

  #keep(grant: Grant): Grant {
    this.#byAccessToken.keep(grant.accessToken, grant);
    this.#byRefreshToken.keep(grant.refreshToken, grant);
    return grant;
  }
}

/** Real ones begin with a number that grows over the years. */
function newToken(): string {
  return `95_${randomText(TOKEN_CHARACTERS)}`;
}
