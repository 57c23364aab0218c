/** What the page of web login asks the simulator: whether it may ask the user, and for a code. */
import { type Context, Hono } from "hono";
import { Impossible } from "../impossible.ts";
import { readJson } from "../read-json.ts";
import {
  type Authorization,
  AuthorizationRefused,
  checkOrder,
  locationOf,
  readAuthorization,
} from "./authorization.ts";
import { isJsonObject, textIn } from "./endpoint.ts";
import type { Platforms } from "./platforms.ts";

const OPENID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * `GET /api/oauth/authorize?…&openid=` tells what is asked of the user, `POST` grants it and tells where the browser
 * goes. Both answer `{ error, code? }` with status 400 to what WeChat refuses.
 */
export function oauthRoutes(platforms: Platforms): Hono {
  const app = new Hono();

  app.get("/api/oauth/authorize", (c) => {
    const query = new URL(c.req.url).searchParams;
    return answer(c, () => {
      checkOrder(query);
      const { platform, openid, scope } = read((name) => query.get(name) ?? "", platforms);
      const { nickname } = platform.phones.of(openid);
      return { account: platform.account.id, scope, nickname, asks: scope === "snsapi_userinfo" };
    });
  });

  app.post("/api/oauth/authorize", async (c) => {
    const body = await readJson(c.req.raw);
    if (!isJsonObject(body)) throw new Impossible("send a JSON object", "请发送 JSON 对象");
    return answer(c, () => {
      const authorization = read((name) => textIn(body, name) ?? "", platforms);
      const { platform, openid, scope } = authorization;
      return { location: locationOf(authorization, platform.oauth.issueCode(openid, scope)) };
    });
  });
  return app;
}

function read(text: (name: string) => string, platforms: Platforms): Authorization {
  if (!OPENID.test(text("openid"))) {
    throw new Impossible(
      "an openid has 1 to 64 letters, digits, - and _",
      "openid 由 1 到 64 个字母、数字、-、_ 组成",
    );
  }
  return readAuthorization(text, platforms.all);
}

function answer(c: Context, compute: () => Readonly<Record<string, unknown>>): Response {
  try {
    return c.json(compute());
  } catch (error) {
    if (!(error instanceof AuthorizationRefused)) throw error;
    const { message, code } = error;
    return c.json({ error: message, ...(code === undefined ? {} : { code }) }, 400);
  }
}
