/** `/healthz`: whether the Worker runs and its configuration holds. Says nothing that a stranger could use. */
import { Hono } from "hono";
import type { Configured } from "./configured.ts";

/**
 * The Hono app of the health check: 200 when at least one account is configured and nothing is wrong, else 503. As long as
 * no account can be used there is nothing to guard, and the faults are named.
 */
export function healthRoutes(
  configuredOf: (env: Cloudflare.Env) => Configured,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.get("/healthz", (c) => {
    const { accounts, faults } = configuredOf(c.env);
    if (faults.length === 0) return c.json({ status: "ok" });
    const named = accounts.isUsable ? {} : { faults };
    return c.json({ status: "misconfigured", ...named }, 503);
  });
  return app;
}
