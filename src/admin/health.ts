/** `/healthz`: whether the Worker runs and its configuration holds. Says nothing that a stranger could use. */
import { Hono } from "hono";
import type { AccountRegistry } from "../accounts/registry.ts";

/** The Hono app of the health check: 200 when at least one account is configured and all are right, else 503. */
export function healthRoutes(
  registryOf: (env: Cloudflare.Env) => AccountRegistry,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.get("/healthz", (c) => {
    const healthy = registryOf(c.env).faults.length === 0;
    return c.json({ status: healthy ? "ok" : "misconfigured" }, healthy ? 200 : 503);
  });
  return app;
}
