import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { landingPage } from "../../src/admin/landing-page.ts";
import { type Answer, FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { pushRequest, textXml } from "../support/wechat.ts";

function root(vars: object, url = "https://bot.example.com/", init?: RequestInit): Promise<Answer> {
  return new FrontDoor(vars).fetch(new Request(url, init));
}

describe("a Worker without an account", () => {
  test("says at its root what is missing, in both languages, and what to enter at WeChat", async () => {
    const { status, headers, body } = await root({});
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html; charset=utf-8$/i);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toContain('<code>WECHAT_TOKEN</code> is missing · <span lang="zh-CN">未设置</span>');
    expect(body).toContain("npm run setup -- --remote");
    expect(body).toContain("npx wrangler secret put WECHAT_ENCODING_AES_KEY");
    expect(body.match(/<code>https:\/\/bot\.example\.com\/wechat<\/code>/g)).toHaveLength(2);
    expect(body).toContain('name="viewport"');
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("names variables and never values", async () => {
    const vars = {
      WECHAT_TOKEN: "a-token-of-mine",
      WECHAT_ENCODING_AES_KEY: "half-a-key",
      WECHAT_MODE: "safe",
    };
    const { body } = await root(vars);
    expect(body).toContain("<code>WECHAT_ENCODING_AES_KEY</code> must have 43 characters");
    expect(body).toContain("<code>WECHAT_MODE</code> must be one of");
    for (const value of Object.values(vars)) expect(body).not.toContain(value);
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("loads nothing, runs nothing, and its policy knows the page's only style", async () => {
    const { headers, body } = await root({});
    const styles = [...body.matchAll(/<style>(.*?)<\/style>/gs)].map(([, style = ""]) => style);
    const [style = ""] = styles;
    expect(styles).toHaveLength(1);
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(body).not.toMatch(/<script|<link|<img|<form|style=|\son\w+=|url\(/i);
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test.each([
    ["http://bot.example.com/", "https://bot.example.com/wechat", false, false],
    ["https://bot.example.workers.dev/", "https://bot.example.workers.dev/wechat", true, false],
    ["http://localhost:8787/", "http://localhost:8787/wechat", false, true],
  ])("at %s it names %s", async (url, callback, warns, isLocal) => {
    const { body } = await root({}, url);
    expect(body).toContain(`<code>${callback}</code>`);
    expect(body.includes("大陆网络无法访问")).toBe(warns);
    expect(body.includes(".dev.vars.example")).toBe(isLocal);
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("escapes the names that its owner has given to accounts", async () => {
    const ACCOUNTS = JSON.stringify({ '<script>alert("1")</script>': { token: "t" } });
    const { body } = await root({ ACCOUNTS });
    expect(body).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(body).not.toContain("<script");
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("is the same markup whatever a fault says", async () => {
    const url = new URL("https://bot.example.com/");
    const markup = async (fault: string): Promise<string> =>
      String(await landingPage(url, [fault])).replace(/[^<>"]/g, "");
    const plain = await markup("WECHAT_TOKEN is missing");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(..."<>\"'&/=: a中") }), async (fault) => {
        expect(await markup(fault)).toBe(plain);
      }),
    );
  });

  test("refuses pushes, and says why and what to do in one line for many of them", async () => {
    const door = new FrontDoor({});
    for (let count = 0; count < 5; count++) {
      const { status, body } = await door.fetch(pushRequest(textXml("hi")));
      expect([status, body]).toEqual([503, "refused"]);
    }
    expect(logs.named("config_invalid")).toMatchObject([
      { faults: ["WECHAT_TOKEN is missing"], hint: expect.stringContaining("wrangler secret put") },
    ]);
    const lines = logs.named("push_refused");
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(5);
    expect(lines[0]).toMatchObject({
      status: 503,
      fact: "WECHAT_TOKEN is missing",
      hint: expect.stringContaining("wrangler secret put"),
    });
  });
});

describe("a Worker with an account", () => {
  test.each<[string, object]>([
    ["that is all right", SECURE],
    ["beside one with a fault", { ...SECURE, ACCOUNTS: JSON.stringify({ secretshop: {} }) }],
  ])("%s tells strangers nothing about accounts", async (_name, vars) => {
    const { status, headers, body } = await root(vars);
    expect([status, body]).toEqual([200, "wechat-edge: ok\n"]);
    expect(headers.get("content-type")).toMatch(/^text\/plain/i);
    expect(headers.get("cache-control")).toBe("no-store");
    logs.named("config_invalid");
  });

  test("answers HEAD without a body, and no other method", async () => {
    expect(await root(SECURE, undefined, { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    expect(await root(SECURE, undefined, { method: "POST" })).toMatchObject({ status: 404 });
  });
});

describe("/healthz", () => {
  const health = (vars: object): Promise<Answer> => root(vars, "https://bot.example.com/healthz");

  test("names the faults while no account can be used, and no longer", async () => {
    const without = await health({ MODEL_API_KEY: "sk-…" });
    expect(without.status).toBe(503);
    expect(JSON.parse(without.body)).toEqual({
      status: "misconfigured",
      faults: [expect.stringContaining("WECHAT_TOKEN"), expect.stringContaining("MODEL_API_KEY")],
    });
    const beside = await health({ ...SECURE, MODEL_API_KEY: "sk-…" });
    expect(beside).toMatchObject({ status: 503, body: '{"status":"misconfigured"}' });
    expect(logs.named("config_invalid")).toHaveLength(2);
  });
});
