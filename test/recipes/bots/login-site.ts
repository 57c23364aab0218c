/** The website's half, for any server that runs Hono. One process: with several, `logins` is a table of your database. */
import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { verify } from "hono/jwt";

/** A browser that waits to be logged in. */
interface Login {
  readonly code: string;
  readonly expiresAt: number;
  openid?: string;
}

const CODE_LIFE_MS = 5 * 60_000;
const MAX_WAITING = 10_000;
/** Crockford's Base32: 5 bits a character, and none that look alike. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_CHARACTERS = 8;
const COOKIE = {
  httpOnly: true,
  secure: true,
  sameSite: "Lax",
  path: "/",
  maxAge: CODE_LIFE_MS / 1000,
} as const;

/** @param origin of the site, `https://www.example.com`; the audience of its tokens */
export function loginSite(options: { secret: string; origin: string; appId: string }): Hono {
  const { secret, origin, appId } = options;
  const logins = new Map<string, Login>(); // by the browser's cookie
  const app = new Hono();

  // The page asks for a code and shows it; the cookie, which nobody else sees, is what will be logged in.
  app.post("/login/code", (c) => {
    const now = Date.now();
    for (const [browser, { expiresAt }] of logins) if (expiresAt <= now) logins.delete(browser);
    if (logins.size >= MAX_WAITING) return c.json({ error: "busy" }, 503);
    const browser = crypto.randomUUID();
    const code = newCode();
    logins.set(browser, { code, expiresAt: now + CODE_LIFE_MS });
    setCookie(c, "login", browser, COOKIE);
    return c.json({ code: `登录 ${code.slice(0, 4)}-${code.slice(4)}`, scene: `login-${code}` });
  });

  // The page asks every two seconds. What is true once is taken away: from here on, the site's own session counts.
  app.get("/login/state", (c) => {
    const browser = getCookie(c, "login") ?? "";
    const login = logins.get(browser);
    if (login === undefined || login.expiresAt <= Date.now()) return c.json({ state: "expired" });
    if (login.openid === undefined) return c.json({ state: "waiting" });
    logins.delete(browser);
    return c.json({ state: "in", openid: login.openid }); // make your own session cookie here
  });

  // The bot says who has sent a code.
  app.post("/login/wechat", async (c) => {
    const { token = "" } = await c.req.json<{ token?: string }>().catch(() => ({ token: "" }));
    const claims = await verify(token, secret, { alg: "HS256", iss: appId, aud: origin }).catch(() => {});
    if (claims === undefined || typeof claims.sub !== "string" || claims.exp === undefined)
      return c.body(null, 403);
    const now = Date.now();
    const login = [...logins.values()].find(
      ({ code, expiresAt }) => code === claims["code"] && expiresAt > now,
    );
    // The same user may say it twice, for a call may be repeated. Nobody else may.
    if (login === undefined || (login.openid ?? claims.sub) !== claims.sub) return c.body(null, 404);
    login.openid = claims.sub;
    return c.body(null, 204);
  });

  return app;
}

function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CODE_CHARACTERS));
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join(""); // 256 is a multiple of 32: no bias
}
