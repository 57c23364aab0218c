/** WeChat's API where no context is at hand, or for another account than the context's. */
import type { WechatApi } from "../api/client.ts";
import { ApiClients } from "../api/clients.ts";

/**
 * The API of an account. Inside a handler `ctx.api` is that of the push's own account.
 *
 * @param account its id: `default`, or one of `ACCOUNTS`
 * @param env the Worker's bindings: `ctx.env`, or what `scheduled` is given
 * @throws {ConfigError} when no usable account has that id
 * @example
 * await api("shop", ctx.env).customerService.send(openid, "shipped");
 */
export function api(account: string, env: Cloudflare.Env): WechatApi {
  const clients = ApiClients.in(env);
  return clients.of(account, clients.log);
}
