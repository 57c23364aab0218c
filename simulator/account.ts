/** Accounts as WeChat's side knows them: what signs and seals their pushes, and what kind of account decides. */

/** How the console sends pushes: 明文, 兼容 or 安全模式. */
export const MODES = ["plain", "compatible", "secure"] as const;
export type Mode = (typeof MODES)[number];

/** What an account's pushes are signed and sealed with. */
export interface Credentials {
  readonly token: string;
  /** 43 characters; unset in plain mode. */
  readonly encodingAesKey?: string | undefined;
  readonly appId?: string | undefined;
  /** Default: `secure` when there is a key, else `plain`, as for the Worker itself. */
  readonly mode?: Mode | undefined;
}

/** The kinds of account that `WECHAT_ACCOUNT_KIND` tells apart. */
export const ACCOUNT_KINDS = ["personal", "subscription", "service-unverified", "service", "test"] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** What WeChat grants by kind of account. `always` stands for calls that every account may make. */
const ALL_RIGHTS = [
  "always",
  "customer-service",
  "menu",
  "media",
  "users",
  "tags",
  "qr",
  "oauth",
  "templates",
  "subscribe",
  "mass",
] as const;
export type Right = (typeof ALL_RIGHTS)[number];

/**
 * The rights of each kind; a call without its right is answered with 48001.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Explanation_of_interface_privileges.html
 */
export const RIGHTS: Readonly<Record<AccountKind, ReadonlySet<Right>>> = {
  personal: new Set(["always"]),
  subscription: new Set([
    "always",
    "customer-service",
    "menu",
    "media",
    "users",
    "tags",
    "subscribe",
    "mass",
  ]),
  "service-unverified": new Set(["always", "menu"]),
  service: new Set(ALL_RIGHTS),
  test: new Set(ALL_RIGHTS),
};

/** What a user can do with an account, beyond writing to it and following it. */
export interface AccountCan {
  /** Tap menu buttons: the menu of the console is off while a callback URL is set, so only the menu API makes one. */
  readonly menu: boolean;
  /** Scan QR codes that carry a scene. */
  readonly qr: boolean;
}

function canOf(kind: AccountKind): AccountCan {
  return { menu: RIGHTS[kind].has("menu"), qr: RIGHTS[kind].has("qr") };
}

/** What each kind of account has. */
export const ACCOUNT_CAN: Readonly<Record<AccountKind, AccountCan>> = {
  personal: canOf("personal"),
  subscription: canOf("subscription"),
  "service-unverified": canOf("service-unverified"),
  service: canOf("service"),
  test: canOf("test"),
};

/** What the Worker says in the account's name, as it is configured: by that, a phone recognises it. */
export interface AccountTexts {
  readonly apology?: string | undefined;
  readonly wait?: string | undefined;
  readonly mailbox?: string | undefined;
  readonly busy?: string | undefined;
  /** Behind a part that others follow. */
  readonly more?: string | undefined;
}

/** One account of a simulator. */
export interface SimulatedAccount extends Credentials {
  readonly id: string;
  /** Its callback URL. */
  readonly url: string;
  readonly kind: AccountKind;
  /** AppSecret, by which tokens are asked for. Unset: every secret is a wrong one. */
  readonly appSecret?: string | undefined;
  readonly texts?: AccountTexts | undefined;
}

/** The mode in which an account's pushes are sent. */
export function modeOf({ mode, encodingAesKey }: Credentials): Mode {
  return mode ?? (encodingAesKey === undefined ? "plain" : "secure");
}
