/** docs/recipes/website-login.md, carried out: a browser, the site, the bot and a phone. */
import type { Hono } from "hono";
import { sign } from "hono/jwt";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fastTime, skipTime } from "../support/fast-time.ts";
import { logs } from "../support/logs.ts";
import { APP_ID } from "../support/wechat.ts";
import { loginSite } from "./bots/login-site.ts";
import bot from "./bots/website-login.ts";
import { type Site, WeChat } from "./wechat.ts";

const ORIGIN = "https://www.example.com";
const SECRET = "a-secret-of-the-site-and-the-bot-alone";
const VARS = { SITE_LOGIN_URL: `${ORIGIN}/login/wechat`, SITE_LOGIN_SECRET: SECRET };

/** A browser that waits for its login. */
interface Browser {
  readonly code: string;
  readonly scene: string;
  state(): Promise<unknown>;
}

let site: Hono;
beforeEach(() => {
  site = loginSite({ secret: SECRET, origin: ORIGIN, appId: APP_ID });
});

function wechat(answer: Site = (request) => site.fetch(request)): WeChat<object> {
  return new WeChat(bot, { vars: VARS, sites: { [ORIGIN]: answer } });
}

async function open(): Promise<Browser> {
  const response = await site.request(`${ORIGIN}/login/code`, { method: "POST" });
  const { code, scene } = await response.json<{ code: string; scene: string }>();
  const Cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
  return {
    code,
    scene,
    state: async () => (await site.request(`${ORIGIN}/login/state`, { headers: { Cookie } })).json(),
  };
}

/** What the bot would send, with changes. */
async function tell(claims: object, secret = SECRET): Promise<number> {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: APP_ID, aud: ORIGIN, sub: "oMallory", code: "", iat: now, exp: now + 60, ...claims };
  const token = await sign(all, secret, "HS256");
  const init = { method: "POST", body: JSON.stringify({ token }) };
  return (await site.request(`${ORIGIN}/login/wechat`, init)).status;
}

describe("by code", () => {
  test("logs in the browser that shows it, once, and no other", async () => {
    const [browser, other] = [await open(), await open()];
    expect(await browser.state()).toEqual({ state: "waiting" });
    expect(await wechat().say("oAnna", browser.code)).toContain("你已登录 www.example.com");
    expect(await other.state()).toEqual({ state: "waiting" });
    expect(await browser.state()).toEqual({ state: "in", openid: "oAnna" });
    expect(await browser.state()).toEqual({ state: "expired" });
  });

  test.each([
    ["small letters, no hyphen", (code: string) => code.toLowerCase().replace("-", "")],
    ["a blank for the hyphen", (code: string) => code.replace("-", " ")],
    [
      "O for 0, I and l for 1",
      (code: string) => code.replaceAll("0", "O").replace("1", "I").replace("1", "l"),
    ],
  ])("is understood with %s", async (_name, typed) => {
    const browser = await open();
    expect(await wechat().say("oAnna", typed(browser.code))).toContain("你已登录");
  });

  test("has 40 bits that come from a good source", async () => {
    const codes = await Promise.all(Array.from({ length: 200 }, async () => (await open()).code));
    expect(new Set(codes).size).toBe(200);
    for (const code of codes) expect(code).toMatch(/^登录 [0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  });

  test("that is wrong, used by another user, or too old, logs nobody in", async () => {
    fastTime();
    const browser = await open();
    const phones = wechat();
    expect(await phones.say("oMallory", "登录 0000-0000")).toContain("不对或已过期");
    await phones.say("oAnna", browser.code);
    expect(await phones.say("oMallory", browser.code)).toContain("不对或已过期");
    expect(await browser.state()).toEqual({ state: "in", openid: "oAnna" });
    const late = await open();
    skipTime(5 * 60_000 + 1);
    expect(await phones.say("oAnna", late.code)).toContain("不对或已过期");
    expect(await late.state()).toEqual({ state: "expired" });
  });

  test("can be tried ten times an hour by one user; others are not held up", async () => {
    const asked = vi.fn<Site>((request) => site.fetch(request));
    const phones = wechat(asked);
    for (let n = 0; n < 10; n++) await phones.say("oMallory", `登录 0000-000${n}`);
    const browser = await open();
    expect(await phones.say("oMallory", browser.code)).toContain("试得太多了");
    expect(asked).toHaveBeenCalledTimes(10);
    expect(await phones.say("oAnna", browser.code)).toContain("你已登录");
  }, 20_000);
});

describe("by QR code", () => {
  test.each([
    ["follows already", []],
    ["follows by it", [{ action: "unfollow" }]],
  ])("logs in a user who %s", async (_name, before) => {
    const browser = await open();
    const phones = wechat();
    for (const action of before) await phones.act("oAnna", action);
    await phones.act("oAnna", { action: "scan", scene: browser.scene });
    expect(await phones.shown("oAnna")).toEqual([expect.stringContaining("你已登录")]);
    expect(await browser.state()).toEqual({ state: "in", openid: "oAnna" });
  });
});

describe("the site", () => {
  test("believes nobody without the secret, no other account, audience or time", async () => {
    const { scene } = await open();
    const code = scene.slice("login-".length);
    const past = Math.floor(Date.now() / 1000) - 120;
    expect(await tell({ code }, "another secret")).toBe(403);
    expect(await tell({ code, iss: "wxother" })).toBe(403);
    expect(await tell({ code, aud: "https://other.example.com" })).toBe(403);
    expect(await tell({ code, iat: past, exp: past + 60 })).toBe(403);
    expect(await tell({ code, exp: undefined })).toBe(403);
    expect(await tell({ code })).toBe(204);
  });

  test("may be told the same twice, for a run may be made again", async () => {
    const { scene } = await open();
    const code = scene.slice("login-".length);
    expect([await tell({ code }), await tell({ code }), await tell({ code, sub: "oAnna" })]).toEqual([
      204, 204, 404,
    ]);
  });

  test.each([
    ["hangs", () => new Promise<Response>(() => {}), "login_site_unreachable"],
    ["fails", () => new Response("", { status: 500 }), "login_site_refused"],
    ["leads elsewhere", () => Response.redirect("https://elsewhere.example.com/", 302), "login_site_refused"],
  ])("that %s: the user is told, in time, and the log says it", async (_name, answer, line) => {
    const { code } = await open();
    expect(await wechat(answer).say("oAnna", code)).toBe("网站暂时没有应答，请稍后再试。");
    expect(logs.named(line)).toHaveLength(1);
  });
});
