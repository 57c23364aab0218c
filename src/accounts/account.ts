/** An account: who it is, what it is allowed, and how its pushes are verified. */
import type { AesKey } from "../protocol/aes.ts";
import { rightsOf } from "./rights.ts";
import type { Dialect, ProductId } from "../protocol/dialects/index.ts";

/** What kind of account it is decides which of WeChat's services exist for it (`WECHAT_ACCOUNT_KIND`). */
export const ACCOUNT_KINDS = ["personal", "subscription", "service-unverified", "service", "test"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** How pushes come in, as set in WeChat's console: 明文, 兼容 or 安全模式. Configuration alone decides it. */
export const MODES = ["plain", "compatible", "secure"] as const;
export type Mode = (typeof MODES)[number];

/** How an answer may reach the user once the push can no longer be answered directly. */
export const LATE_REPLIES = ["push", "hold", "mailbox"] as const;
export type LateReply = (typeof LATE_REPLIES)[number];

/** Texts that users read when a handler's own answer is not to be had. Unset ones stay silent. */
export const TEXT_NAMES = ["apology", "wait", "mailbox", "busy", "more", "page"] as const;
export type AccountTexts = Partial<Readonly<Record<(typeof TEXT_NAMES)[number], string>>>;

/**
 * Where access tokens come from. `stable_token` gives every asker the same one; `token` gives each asker a new one and
 * voids the last, so nobody else may ask.
 */
export type AccessTokenSource =
  | { readonly kind: "stable_token" }
  | { readonly kind: "token" }
  | { readonly kind: "url"; readonly url: string };

/**
 * What becomes of the parts of a text that nothing can carry any more: the user asks for each by 继续, or the last part
 * that goes out has a link to a page with the whole text, below `base` (an origin).
 */
export type LongTexts = { readonly kind: "more" } | { readonly kind: "page"; readonly base: string };

/** An account as it is configured: texts only, checked. */
export interface AccountDefinition {
  readonly id: string;
  readonly product: ProductId;
  readonly kind: AccountKind;
  readonly mode: Mode;
  readonly appId: string;
  readonly appSecret: string | undefined;
  /** The current token, and the previous one while it is being replaced. */
  readonly tokens: readonly string[];
  /** The current EncodingAESKey and the previous one, where there are any. */
  readonly encodingAesKeys: readonly string[];
  readonly lateReplies: readonly LateReply[];
  readonly replyDeadlineMs: number | undefined;
  /** Origins that stand for WeChat's API: a relay, a gateway, the simulator. Empty: WeChat's own. */
  readonly apiBases: readonly string[];
  /** Set when `apiBases` are relays of ours: what requests to them are signed with. */
  readonly relaySecret: string | undefined;
  /** Where access tokens come from: one of WeChat's two calls, or a token server's URL. */
  readonly accessTokenSource: AccessTokenSource;
  /** `Authorization` for that token server; without it the request is signed as an operator request. */
  readonly accessTokenAuthorization: string | undefined;
  /** The origin that stands for WeChat's pages that a browser opens (web login, QR pictures). Unset: WeChat's own. */
  readonly webBase: string | undefined;
  readonly longTexts: LongTexts;
  readonly texts: AccountTexts;
}

/** An account and its product's row: what pushes are handled with. */
export interface KnownAccount extends AccountDefinition {
  readonly dialect: Dialect;
}

/** An account ready to open and seal envelopes: keys imported. */
export interface Account extends KnownAccount {
  readonly receiveId: string;
  /** Empty in plain mode. */
  readonly keys: readonly AesKey[];
}

/** What handlers get to see of an account: never a secret. */
export interface AccountView {
  readonly id: string;
  readonly product: ProductId;
  readonly kind: AccountKind;
  readonly appId: string;
  readonly lateReplies: readonly LateReply[];
}

/** Says that an answer has more parts, unless the account has a text of its own. */
const MORE_TEXT = "（未完，发送「继续」查看后文）";

/** What stands behind a part of an answer that the user's next message brings the rest of. */
export function moreText({ texts }: Pick<AccountDefinition, "texts">): string {
  return `\n\n${texts.more ?? MORE_TEXT}`;
}

/** Where late answers go by default: only accounts with the customer-service API can push them. */
export function defaultLateReplies(kind: AccountKind): readonly LateReply[] {
  return rightsOf(kind).customerService ? ["push", "mailbox"] : ["hold", "mailbox"];
}
