import { describe, expect, test } from "vitest";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { checkRequest, now, pushRequest, textXml } from "../support/wechat.ts";

const ECHO = "4375120948345356249";

describe("URL verification", () => {
  test.each([
    ["plain", PLAIN],
    ["secure", SECURE],
  ])("echoes echostr byte for byte in %s mode", async (_mode, vars) => {
    const answer = await new FrontDoor(vars).fetch(checkRequest(ECHO));
    expect(answer.status).toBe(200);
    expect(answer.body).toBe(ECHO);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("accepts the previous token while it is being replaced", async () => {
    const door = new FrontDoor({
      ...SECURE,
      WECHAT_TOKEN: "new-token",
      WECHAT_PREVIOUS_TOKEN: SECURE.WECHAT_TOKEN,
    });
    expect((await door.fetch(checkRequest(ECHO))).body).toBe(ECHO);
    expect((await door.fetch(checkRequest(ECHO, { token: "new-token" }))).body).toBe(ECHO);
  });

  test("answers under the path of each account, with or without a slash at the end", async () => {
    const door = new FrontDoor({
      ...SECURE,
      ACCOUNTS: JSON.stringify({ second: { token: "second-token" } }),
    });
    const second = { path: "/wechat/second", token: "second-token" };
    expect((await door.fetch(checkRequest(ECHO, second))).body).toBe(ECHO);
    expect((await door.fetch(checkRequest(ECHO, { ...second, path: "/wechat/second/" }))).body).toBe(ECHO);
    expect((await door.fetch(checkRequest(ECHO, { path: "/wechat/second" }))).status).toBe(403);
  });

  test.each([
    ["a wrong signature", 403, { query: { signature: "0".repeat(40) } }],
    ["a wrong token", 403, { token: "wrong" }],
    ["a stale timestamp", 403, { timestamp: String(Number(now()) - 310) }],
    ["a timestamp from the future", 403, { timestamp: String(Number(now()) + 310) }],
    ["no signature", 400, { query: { signature: undefined } }],
    ["an upper-case signature", 400, { query: { signature: "A".repeat(40) } }],
    ["a doubled signature", 400, { extraQuery: `&signature=${"0".repeat(40)}` }],
    ["a timestamp of nine digits", 400, { timestamp: "171403650" }],
    ["a timestamp with a leading zero", 400, { timestamp: "0714036504" }],
    ["no nonce", 400, { query: { nonce: undefined } }],
    ["a broken percent sequence", 400, { extraQuery: "&x=%E0%A4%A" }],
    ["no echostr", 400, { query: { echostr: undefined } }],
    ["script as echostr", 400, { query: { echostr: "<script>alert(1)</script>" } }],
  ])("refuses %s and echoes nothing", async (_name, status, options) => {
    const answer = await new FrontDoor().fetch(checkRequest(ECHO, options));
    expect(answer.status).toBe(status);
    expect(answer.body).toBe("refused");
  });

  test("does not believe a debugging host or parameter", async () => {
    const headers = { host: "localhost", "x-forwarded-host": "localhost" };
    const url = `http://localhost/wechat?signature=${"0".repeat(40)}&timestamp=${now()}&nonce=1&echostr=1&debug=1`;
    expect((await new FrontDoor().fetch(new Request(url, { headers }))).status).toBe(403);
  });
});

describe("other methods and paths", () => {
  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("%s is refused with 405", async (method) => {
    const { url } = pushRequest(textXml("hello"));
    const answer = await new FrontDoor().fetch(new Request(url, { method }));
    expect(answer.status).toBe(405);
    expect(answer.body).toBe("refused");
    expect(answer.headers.get("allow")).toBe("GET, POST");
  });

  test.each(["/wechat/a/b", "/wecha", "/.env", "/console"])("%s is not found", async (path) => {
    expect((await new FrontDoor().fetch(new Request(`https://bot.example.com${path}`))).status).toBe(404);
  });
});
