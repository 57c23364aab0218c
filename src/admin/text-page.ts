/**
 * `/t/:account/:address?k=…`: the page with a long text, for whoever has its link. Whatever is not the link of a page
 * that is kept is 404, all alike.
 */
import { type Context, Hono } from "hono";
import { openPageLink } from "../accounts/page-link.ts";
import type { AccountRegistry } from "../accounts/registry.ts";
import { answerWithin } from "../deadline.ts";
import { errorFields, type Logger } from "../telemetry/logger.ts";
import { pageHeaders } from "./page-headers.ts";
import { STYLE, textPage } from "./text-page-html.ts";

/** A browser waits longer than WeChat does. */
const OBJECT_TIMEOUT_MS = 5_000;
const GONE = "链接无效或已过期。\nThis link is wrong, or its time is over.\n";
const LATER = "暂时打不开，请稍后再试。\nThis cannot be shown right now. Please try again.\n";

type HonoContext = Context<{ Bindings: Cloudflare.Env }>;

/** What the door needs of the Worker. */
export interface TextPageOptions {
  readonly registryOf: (env: Cloudflare.Env) => AccountRegistry;
  readonly logOf: (c: HonoContext) => Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

let headers: Readonly<Record<string, string>> | undefined;

/** The Hono app of the pages. */
export function textPageRoutes({
  registryOf,
  logOf,
  clock,
}: TextPageOptions): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.get("/t/:account/:address", async (c) => {
    headers ??= await pageHeaders(STYLE);
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    const account = registryOf(c.env).known(c.req.param("account"));
    const pass = c.req.query("k") ?? "";
    const address = account && (await openPageLink(account, c.req.param("address"), pass, clock() / 1000));
    if (address === undefined) return c.text(GONE, 404);
    try {
      // Another deployment's object, under the same secret, has an id that this one's namespace refuses.
      const conversation = c.env.CONVERSATIONS.get(c.env.CONVERSATIONS.idFromString(address.object));
      const { page } = await answerWithin(
        async () => conversation.page({ v: 1, id: address.id }),
        OBJECT_TIMEOUT_MS,
      );
      if (page === undefined) return c.text(GONE, 404);
      return c.html(await textPage({ ...page, until: Number.parseInt(pass, 10) }));
    } catch (error) {
      logOf(c).warn("page_not_shown", errorFields(error));
      return c.text(LATER, 503);
    }
  });
  return app;
}
