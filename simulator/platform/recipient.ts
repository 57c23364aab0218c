/** The user that a call is about. */
import type { Phone } from "../phones.ts";
import { type ApiCall, ApiFailure } from "./endpoint.ts";

/**
 * The phone that a message may go to.
 *
 * @throws {ApiFailure} 40003 for a stranger, 43019 for who is on the blacklist
 */
export function recipientOf(call: Pick<ApiCall, "platform">, openid: string | undefined): Phone {
  const phone = phoneOf(call, openid);
  if (call.platform.blacklist.has(phone.openid)) throw new ApiFailure(43019);
  return phone;
}

/**
 * The phone of a user.
 *
 * @throws {ApiFailure} 40003 for who has never had to do with the account
 */
export function phoneOf({ platform }: Pick<ApiCall, "platform">, openid: string | undefined): Phone {
  const phone = openid === undefined ? undefined : platform.phones.find(openid);
  if (phone === undefined) throw new ApiFailure(40003);
  return phone;
}
