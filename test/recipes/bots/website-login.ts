/** Website login: the site shows a code, the user sends or scans it, the site gets a signed token. */
import { type Context, Bot, defer, type Next, type PushEnvelope } from "wechat-edge";
import { sign } from "hono/jwt";

/** How many codes this user has sent, and in which hour of the clock. */
interface Session {
  tries?: [hour: number, count: number];
}
type Ctx = Context<PushEnvelope, Session>;

const TRIES_PER_HOUR = 10;
const TOKEN_SECONDS = 60;
const SITE_TIMEOUT_MS = 3_000;

const bot = new Bot<Session>();

// 「登录 7K4M-9QXT」, typed or pasted. 手工输入或粘贴。
bot.hears(
  /^登录\s*([0-9a-z]{4})[\s-]?([0-9a-z]{4})$/i,
  limited,
  defer("login", (ctx) => logIn(ctx, ctx.match[1] + ctx.match[2]), { via: "worker", retries: 0 }),
);
// The QR code of the scene `login-7K4M9QXT`; also when the user follows by it. 扫码，包括扫码关注。
bot.scan(
  /^login-([0-9A-Z]{8})$/,
  limited,
  defer("login-scan", (ctx) => logIn(ctx, ctx.match[1]), { via: "worker", retries: 0 }),
);

/** Runs in the user's own object, one message after the other: nobody guesses faster than this. */
async function limited(ctx: Ctx, next: Next): Promise<void> {
  const hour = Math.floor(Date.now() / 3_600_000);
  const [of, count] = ctx.session.tries ?? [hour, 0];
  const tries = of === hour ? count + 1 : 1;
  ctx.session.tries = [hour, tries];
  if (tries <= TRIES_PER_HOUR) await next();
  else await ctx.reply("试得太多了，请过一小时再来。");
}

/** Tells the site who has sent its code, and the user what the site says to that. */
async function logIn(ctx: Ctx, typed: string): Promise<void> {
  const url = new URL(setting(ctx.env, "SITE_LOGIN_URL"));
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ctx.account.appId ?? ctx.account.id,
    aud: url.origin,
    sub: ctx.message.FromUserName,
    code: typed.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1"), // as Crockford's Base32 is read
    jti: ctx.requestId,
    iat: now,
    exp: now + TOKEN_SECONDS,
  };
  const token = await sign(claims, setting(ctx.env, "SITE_LOGIN_SECRET"), "HS256");
  await ctx.reply(await told(url, token, ctx));
}

async function told(url: URL, token: string, { signal, log }: Ctx): Promise<string> {
  try {
    const { status } = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(SITE_TIMEOUT_MS)]),
    });
    if (status === 204) return `你已登录 ${url.host}。如果不是你本人在登录，请立即在网站上退出。`;
    if (status === 404) return "登录码不对或已过期，请看网页上最新的登录码。";
    log.warn("login_site_refused", { status });
  } catch (error) {
    log.warn("login_site_unreachable", { error: String(error) });
  }
  return "网站暂时没有应答，请稍后再试。";
}

function setting(env: object, name: string): string {
  const value: unknown = Reflect.get(env, name);
  if (typeof value !== "string" || value === "") throw new Error(`${name} is not set`);
  return value;
}

export default bot;
