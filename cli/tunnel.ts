/** `npm start -- --tunnel-name NAME`: the Worker of this machine behind a named Cloudflare tunnel, for a real account. */
import { isDevelopmentToken, isSet } from "./development.ts";
import type { Variables } from "./variables.ts";

/** Cloudflare names no form for them; these can be typed in any shell and are never taken for an option. */
const TUNNEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** How `wrangler dev` is started behind a tunnel. */
export interface Tunnel {
  readonly more: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The tunnel of that name.
 *
 * @see https://developers.cloudflare.com/workers/local-development/local-dev-tunnels/
 */
export function namedTunnel(name: string): Tunnel {
  return {
    more: ["--tunnel", "--tunnel-name", name],
    // What wrangler serves beside the Worker shows everything that is stored: not for the internet.
    environment: { X_LOCAL_EXPLORER: "false" },
  };
}

/**
 * Why there can be no such tunnel. Behind one the Worker is open to everybody, so the credentials that stand in this
 * public repository will not do, and nothing that is added for development may be reached.
 *
 * @param own the user's own variables
 * @returns `undefined` when there can
 */
export function tunnelFault(name: string, own: Variables): string | undefined {
  if (!TUNNEL_NAME.test(name)) {
    return (
      "--tunnel-name is the name of a tunnel: letters, digits and . _ - (npx wrangler tunnel list). · " +
      "--tunnel-name 是隧道的名字：字母、数字和 . _ -（npx wrangler tunnel list 可查看）。"
    );
  }
  const isOwn = isSet(own, "WECHAT_TOKEN")
    ? !isDevelopmentToken((own["WECHAT_TOKEN"] ?? "").trim())
    : isSet(own, "ACCOUNTS");
  if (isOwn) return undefined;
  return (
    "A tunnel opens this Worker to everybody: first put credentials of your own into .dev.vars (npm run setup).\n" +
    "隧道会把本机的 Worker 暴露到公网：请先在 .dev.vars 里填写自己的凭据（npm run setup）。"
  );
}
