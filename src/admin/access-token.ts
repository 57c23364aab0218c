/**
 * `/api/v1/accounts/:id/access-token`: the account's current access token, so that other programs need not fetch one
 * of their own and void ours. For whoever holds the account's secret.
 */
import { type Context, Hono } from "hono";
import type { AccountRegistry } from "../accounts/registry.ts";
import type { ApiClients } from "../api/clients.ts";
import { ApiError, WechatEdgeError } from "../errors.ts";
import type { Token } from "../api/token/tokens.ts";
import type { Logger } from "../telemetry/logger.ts";
import { verifiedOperatorRequest } from "./operator-request.ts";

type Doors = Context<{ Bindings: Cloudflare.Env }>;

/** What the resource needs of the Worker. */
export interface AccessTokenOptions {
  readonly registryOf: (env: Cloudflare.Env) => AccountRegistry;
  readonly apisOf: (env: Cloudflare.Env) => ApiClients;
  readonly logOf: (c: Doors) => Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * The Hono app of that resource: `GET` gives the token, `POST` with `{ "refused": "<token>" }` one that replaces it.
 * The answer is WeChat's own shape, `{ access_token, expires_in }`, or `{ errcode, errmsg, path, code, hint }` with status 502.
 * Everything that is not rightly signed is 404, as if it did not exist.
 */
export function accessTokenRoutes(options: AccessTokenOptions): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.on(["GET", "POST"], "/api/v1/accounts/:id/access-token", async (c) => {
    const { registryOf, apisOf, logOf, clock } = options;
    const verified = await verifiedOperatorRequest(c, registryOf(c.env), clock());
    if (verified === undefined) return c.notFound();
    const { tokens } = apisOf(c.env).shared(verified.account.id);
    const log = logOf(c);
    const refused = c.req.method === "POST" ? refusedToken(verified.body) : undefined;
    c.header("Cache-Control", "no-store");
    try {
      const token = await (refused === undefined ? tokens.current(log) : tokens.renew(refused, log));
      return c.json(answerOf(token, clock()));
    } catch (error) {
      if (!(error instanceof WechatEdgeError)) throw error;
      const { message, code, hint } = error;
      const refusal =
        error instanceof ApiError
          ? { errcode: error.errcode, errmsg: error.errmsg, path: error.path }
          : { errmsg: message };
      return c.json({ ...refusal, code, hint }, 502);
    }
  });
  return app;
}

function answerOf({ value, expiresAt }: Token, nowMs: number): { access_token: string; expires_in: number } {
  return { access_token: value, expires_in: Math.max(1, Math.floor((expiresAt - nowMs) / 1000)) };
}

/** @returns `undefined` when the body names no token: then the current one is meant */
function refusedToken(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const refused: unknown =
      typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "refused") : undefined;
    return typeof refused === "string" && refused !== "" ? refused : undefined;
  } catch {
    return undefined;
  }
}
