/** The callback URLs: `/wechat` for the default account, `/wechat/:account` for the others. */
import { type Context, Hono } from "hono";
import { DEFAULT_ACCOUNT } from "../accounts/definitions.ts";
import { Failure } from "../protocol/failures.ts";
import { errorFields } from "../telemetry/logger.ts";
import { refuse } from "./answer.ts";
import { answerPush } from "./callback.ts";
import type { Scope } from "./scope.ts";
import { answerUrlVerification } from "./url-verification.ts";

type HonoContext = Context<{ Bindings: Cloudflare.Env }>;

/** Makes the scope of a request to an account. */
export type Scopes = (c: HonoContext, accountId: string) => Scope;

/** The Hono app of the callback door. */
export function callbackRoutes(scopes: Scopes): Hono<{ Bindings: Cloudflare.Env }> {
  const app = new Hono<{ Bindings: Cloudflare.Env }>({ strict: false });
  const handle = (c: HonoContext): Promise<Response> => {
    const scope = scopes(c, c.req.param("account") ?? DEFAULT_ACCOUNT);
    return answer(scope, c.req.method);
  };
  app.all("/wechat", handle);
  app.all("/wechat/:account", handle);
  return app;
}

/** A fault of our own must not become an error status: before verification it is a refusal like any other. */
async function answer(scope: Scope, method: string): Promise<Response> {
  try {
    if (method === "POST") return await answerPush(scope);
    if (method === "GET") return await answerUrlVerification(scope);
    return await refuse(scope, new Failure("method_not_allowed", "only GET and POST are WeChat's"));
  } catch (error) {
    scope.log.error("verification_failed", errorFields(error));
    return refuse(
      scope,
      new Failure("push_malformed", "verification failed unexpectedly; see verification_failed"),
    );
  }
}
