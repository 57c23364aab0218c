/**
 * Where an account's calls go: WeChat's hosts, or what stands for them.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Interface_field_description.html
 */
import type { AccountDefinition } from "../../accounts/account.ts";

/** WeChat's hosts: the nearest one first, then the one for disasters and the single regions. */
const WECHAT_HOSTS = [
  "api.weixin.qq.com",
  "api2.weixin.qq.com",
  "sh.api.weixin.qq.com",
  "sz.api.weixin.qq.com",
  "hk.api.weixin.qq.com",
] as const;

/** One address to call. */
export interface Target {
  /** `https://host`, without a path. */
  readonly origin: string;
  /** WeChat's host that the relay at `origin` shall call. */
  readonly relayedHost: string | undefined;
}

/** All addresses that a call may go to, the first choice first. Further ones are for calls that may be repeated. */
export function targetsOf({
  apiBases,
  relaySecret,
}: Pick<AccountDefinition, "apiBases" | "relaySecret">): readonly Target[] {
  if (apiBases.length === 0) {
    return WECHAT_HOSTS.map((host) => ({ origin: `https://${host}`, relayedHost: undefined }));
  }
  if (relaySecret === undefined) return apiBases.map((origin) => ({ origin, relayedHost: undefined }));
  return WECHAT_HOSTS.flatMap((relayedHost) => apiBases.map((origin) => ({ origin, relayedHost })));
}
