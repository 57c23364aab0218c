/** `GET /`: how to go on, for whoever has just deployed; one line for everybody else. */
import { Hono } from "hono";
import type { Configured } from "./configured.ts";
import { landingPage, STYLE } from "./landing-page.ts";
import { pageHeaders } from "./page-headers.ts";

/** Strangers read nothing about accounts here. */
const RUNNING = "wechat-edge: ok\n";

/**
 * The Hono app of the page at the root. It names what is missing as long as no account can be used; from then on it says
 * that the Worker runs.
 */
export function landingRoutes(
  configuredOf: (env: Cloudflare.Env) => Configured,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.get("/", async (c) => {
    const { accounts, faults } = configuredOf(c.env);
    if (accounts.isUsable) return c.text(RUNNING, 200, { "Cache-Control": "no-store" });
    const headers = await pageHeaders(STYLE);
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    return c.html(landingPage(new URL(c.req.url), faults));
  });
  return app;
}
