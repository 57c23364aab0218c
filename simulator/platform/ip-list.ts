/**
 * The list of addresses that may call an account's API, by AppSecret or by access token.
 *
 * @see https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/ip_whitelist
 */
import { ApiFailure } from "./endpoint.ts";
import type { PlatformAccount } from "./platform-account.ts";

/** The refusal of a caller that is not on the list; an account without a list lets everybody in. */
export function ipRefusal({ ipList }: PlatformAccount, clientIp: string): ApiFailure | undefined {
  if (ipList === null || ipList.includes(clientIp)) return undefined;
  const ipv6 = clientIp.includes(":") ? clientIp : `::ffff:${clientIp}`;
  return new ApiFailure(40164, `invalid ip ${clientIp} ipv6 ${ipv6}, not in whitelist`);
}
