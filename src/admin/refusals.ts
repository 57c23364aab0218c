/** `GET /api/v1/accounts/:id/refusals`: the refused requests of an account, for whoever holds its secret. */
import { Hono } from "hono";
import { isOperatorRequest } from "../accounts/operator-signature.ts";
import type { AccountRegistry } from "../accounts/registry.ts";
import { Failure } from "../protocol/failures.ts";

const MAX_BODY_BYTES = 1_024;

/** The Hono app of that resource. Everything that is not rightly signed is 404, as if it did not exist. */
export function refusalRoutes(
  registryOf: (env: Cloudflare.Env) => AccountRegistry,
  clock: () => number,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.on(["GET", "POST"], "/api/v1/accounts/:id/refusals", async (c) => {
    const account = await registryOf(c.env).find(c.req.param("id"));
    if (account instanceof Failure) return c.notFound();
    const url = new URL(c.req.url);
    if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) return c.notFound();
    const request = { method: c.req.method, target: url.pathname + url.search, body: await c.req.text() };
    const authorization = c.req.header("authorization") ?? "";
    if (!(await isOperatorRequest(account, request, authorization, clock() / 1000))) return c.notFound();
    return c.json(await c.env.REFUSAL_LOGS.getByName(account.id).report());
  });
  return app;
}
