/** `GET /api/v1/accounts/:id/refusals`: the refused requests of an account, for whoever holds its secret. */
import { Hono } from "hono";
import type { AccountRegistry } from "../accounts/registry.ts";
import { verifiedOperatorEntry } from "./operator-request.ts";

/** The Hono app of that resource. Everything that is not rightly signed is 404, as if it did not exist. */
export function refusalRoutes(
  registryOf: (env: Cloudflare.Env) => AccountRegistry,
  clock: () => number,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.on(["GET", "POST"], "/api/v1/accounts/:id/refusals", async (c) => {
    const id = c.req.param("id");
    // What a misconfigured account refuses is what its operator looks for.
    if ((await verifiedOperatorEntry(c, registryOf(c.env), clock())) === undefined) return c.notFound();
    return c.json(await c.env.REFUSAL_LOGS.getByName(id).report());
  });
  return app;
}
