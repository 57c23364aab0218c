/**
 * Access tokens of one account: two calls issue them, and neither knows of the other's.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
 */
import { randomText } from "../random-text.ts";

/** The call that issued a token. */
export type TokenSource = "stable" | "token";

/** A token as it is handed out. */
export interface IssuedToken {
  readonly value: string;
  /** How long it is valid from now on. */
  readonly expiresInSeconds: number;
}

/** What becomes of a token that is used. */
export type TokenState = "valid" | "expired" | "void" | "malformed";

/** Why a forced renewal is refused. */
export type RefusedRenewal = "too-soon" | "too-often";

export const TOKEN_LIFETIME_MS = 7_200_000;
/** A token that was replaced remains valid for so long. */
export const TOKEN_OVERLAP_MS = 300_000;
export const FORCED_RENEWALS_A_DAY = 20;
export const FORCED_RENEWAL_INTERVAL_MS = 30_000;

interface KeptToken {
  readonly value: string;
  readonly source: TokenSource;
  expiresAt: number;
  /** From then on it is void, though it has not expired. */
  voidAt: number;
}

const MAX_KEPT = 2_000;
const RANDOM_CHARACTERS = 128;
const WELL_FORMED = /^[A-Za-z0-9_-]{32,512}$/;

/** Every token that an account was given. */
export class TokenBook {
  readonly #prefix: string;
  readonly #kept = new Map<string, KeptToken>();
  readonly #latest = new Map<TokenSource, KeptToken>();
  readonly #issued: Record<TokenSource, number> = { stable: 0, token: 0 };
  #forced = 0;
  #forcedAt: number[] = [];

  /** @param account id: tokens carry a mark of it, so that a token always tells whose it was */
  constructor(account: string) {
    this.#prefix = markOf(account);
  }

  /** A new token of `/cgi-bin/token`; the last one is void after five minutes. */
  issue(now: number): IssuedToken {
    const last = this.#latest.get("token");
    if (last !== undefined) last.voidAt = Math.min(last.voidAt, now + TOKEN_OVERLAP_MS);
    return given(this.#create("token", now), now);
  }

  /** The token of `/cgi-bin/stable_token`: the same one until five minutes before its end. */
  stable(now: number): IssuedToken {
    const last = this.#latest.get("stable");
    const isLasting = last !== undefined && last.voidAt > now && last.expiresAt - now > TOKEN_OVERLAP_MS;
    return given(isLasting ? last : this.#create("stable", now), now);
  }

  /** A new token of `/cgi-bin/stable_token`; the last one is void at once. `dayStart` is when today began. */
  force(now: number, dayStart: number): IssuedToken | RefusedRenewal {
    const today = this.#forcedAt.filter((at) => at >= dayStart);
    if (today.length >= FORCED_RENEWALS_A_DAY) return "too-often";
    if (now - (this.#forcedAt.at(-1) ?? -Infinity) < FORCED_RENEWAL_INTERVAL_MS) return "too-soon";
    this.#forcedAt = [...today, now];
    this.#forced++;
    const last = this.#latest.get("stable");
    if (last !== undefined) last.voidAt = now;
    return given(this.#create("stable", now), now);
  }

  /** What using a token comes to. */
  stateOf(value: string, now: number): TokenState {
    if (!WELL_FORMED.test(value)) return "malformed";
    const kept = this.#kept.get(value);
    if (kept === undefined || kept.voidAt <= now) return "void";
    return kept.expiresAt <= now ? "expired" : "valid";
  }

  /** Whether a token was issued to this account, now or before a reset. */
  owns(value: string): boolean {
    return value.slice(value.indexOf("_") + 1).startsWith(this.#prefix);
  }

  /** As if another program had fetched a token and the overlap were over. */
  invalidate(source: TokenSource, now: number): void {
    for (const kept of this.#of(source)) kept.voidAt = Math.min(kept.voidAt, now);
  }

  /** As if the lifetime of all tokens were over. */
  expire(source: TokenSource, now: number): void {
    for (const kept of this.#of(source)) kept.expiresAt = Math.min(kept.expiresAt, now);
  }

  /** How many were issued. */
  counts(): {
    readonly stable: { readonly issued: number; readonly forced: number };
    readonly token: { readonly issued: number };
  } {
    return {
      stable: { issued: this.#issued.stable, forced: this.#forced },
      token: { issued: this.#issued.token },
    };
  }

  #of(source: TokenSource): readonly KeptToken[] {
    return [...this.#kept.values()].filter((kept) => kept.source === source);
  }

  #create(source: TokenSource, now: number): KeptToken {
    const value = `97_${this.#prefix}${randomText(RANDOM_CHARACTERS)}`;
    const kept: KeptToken = { value, source, expiresAt: now + TOKEN_LIFETIME_MS, voidAt: Infinity };
    this.#kept.set(value, kept);
    this.#latest.set(source, kept);
    this.#issued[source]++;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}

function given({ value, expiresAt }: KeptToken, now: number): IssuedToken {
  return { value, expiresInSeconds: Math.floor((expiresAt - now) / 1000) };
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Eight characters that stand for an account's id. */
function markOf(account: string): string {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(account)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
