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
export type AccountKind = "personal" | "subscription" | "service-unverified" | "service" | "test";

/** What a user can do with an account, beyond writing to it and following it. */
export interface AccountCan {
  /** Tap menu buttons: the menu of the console is off while a callback URL is set, so only the menu API makes one. */
  readonly menu: boolean;
  /** Scan QR codes that carry a scene. */
  readonly qr: boolean;
}

/**
 * What each kind of account has.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Explanation_of_interface_privileges.html
 */
export const ACCOUNT_CAN: Readonly<Record<AccountKind, AccountCan>> = {
  personal: { menu: false, qr: false },
  subscription: { menu: true, qr: false },
  "service-unverified": { menu: true, qr: false },
  service: { menu: true, qr: true },
  test: { menu: true, qr: true },
};

/** One account of a simulator. */
export interface SimulatedAccount extends Credentials {
  readonly id: string;
  /** Its callback URL. */
  readonly url: string;
  readonly kind: AccountKind;
}

/** The mode in which an account's pushes are sent. */
export function modeOf({ mode, encodingAesKey }: Credentials): Mode {
  return mode ?? (encodingAesKey === undefined ? "plain" : "secure");
}
