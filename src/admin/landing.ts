/** `GET /`: how to go on, for whoever has just deployed; one line for everybody else. */
import { Hono } from "hono";
import type { Configured } from "./configured.ts";
import { landingPage, STYLE } from "./landing-page.ts";

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
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
    const { accounts, faults } = configuredOf(c.env);
    if (accounts.isUsable) return c.text(RUNNING);
    c.header("Content-Security-Policy", await policy());
    c.header("Referrer-Policy", "no-referrer");
    c.header("X-Robots-Tag", "noindex");
    return c.html(landingPage(new URL(c.req.url), faults));
  });
  return app;
}

/** Nothing is loaded and nothing runs; the page's own style is known by its digest. */
async function policy(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
