/**
 * `/api/v1/accounts/:id/conversations/:openid`: what became of a user's pushes and of each reply, for whoever holds the
 * account's secret. `POST` with `{ "key", "n", "job"?, "action": "resend" | "drop" }` decides about a reply that is
 * `unknown`. `DELETE` forgets everything that is kept of the user.
 */
import { Hono } from "hono";
import type { AccountRegistry } from "../accounts/registry.ts";
import { objectName } from "../conversation/object-name.ts";
import type { ReplyDecision } from "../conversation/rpc.ts";
import { verifiedOperatorRequest } from "./operator-request.ts";

/** The Hono app of that resource. Everything that is not rightly signed is 404, as if it did not exist. */
export function conversationRoutes(
  registryOf: (env: Cloudflare.Env) => AccountRegistry,
  clock: () => number,
): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>();
  app.on(["GET", "POST", "DELETE"], "/api/v1/accounts/:id/conversations/:openid", async (c) => {
    const verified = await verifiedOperatorRequest(c, registryOf(c.env), clock());
    if (verified === undefined) return c.notFound();
    const decision = c.req.method === "POST" ? readDecision(verified.body) : undefined;
    if (c.req.method === "POST" && decision === undefined) {
      return c.json({ error: 'send { "key", "n", "action": "resend" or "drop" }' }, 400);
    }
    const conversation = c.env.CONVERSATIONS.getByName(
      objectName(verified.account.id, c.req.param("openid"), ""),
    );
    if (c.req.method === "DELETE") return c.json(await conversation.erase({ v: 1 }));
    const report = await conversation.report({ v: 1, decision });
    return c.json(report, decision !== undefined && !report.decided ? 409 : 200);
  });
  return app;
}

function readDecision(body: string): ReplyDecision | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const [key, n, job, action]: unknown[] = ["key", "n", "job", "action"].map((name) =>
    Reflect.get(parsed, name),
  );
  if (typeof key !== "string" || typeof n !== "number") return undefined;
  if ((action !== "resend" && action !== "drop") || (job !== undefined && typeof job !== "string"))
    return undefined;
  return { key, n, job, action };
}
