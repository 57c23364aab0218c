/**
 * Which of WeChat's services a kind of account has.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Explanation_of_interface_privileges.html
 */
import type { AccountKind } from "./account.ts";

/** Services that decide how an account can reach its users. */
export interface AccountRights {
  /** Customer-service messages and the typing sign. */
  readonly customerService: boolean;
  /** The media library: pictures, voices and videos of one's own. */
  readonly media: boolean;
}

const ALL: AccountRights = { customerService: true, media: true };
const NONE: AccountRights = { customerService: false, media: false };

const RIGHTS: Readonly<Record<AccountKind, AccountRights>> = {
  personal: NONE,
  subscription: ALL,
  "service-unverified": NONE,
  service: ALL,
  test: ALL,
};

/** The rights of that kind. */
export function rightsOf(kind: AccountKind): AccountRights {
  return RIGHTS[kind];
}
