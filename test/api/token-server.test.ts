/** Tokens from a server that a team runs already, and our own as such a server. */
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { beforeEach, describe, expect, inject, test, vi } from "vitest";
import { FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { apiOf, ApiIsolate, Platform, platformVars } from "../support/platform.ts";
import { APP_SECRET, appIdOf } from "../support/platform-accounts.ts";
import { now } from "../support/wechat.ts";

const service = new Platform("service");
const IPS = "/cgi-bin/getcallbackip";
const PATH = "/api/v1/accounts/default/access-token";
const SERVER = "https://tokens.team.test";

beforeEach(() => service.reset());

/** The operator's signature, written a second time with node:crypto. */
function authorization(method: string, target: string, body = "", secret = APP_SECRET): string {
  const key = Buffer.from(hkdfSync("sha256", secret, appIdOf("service"), "wechat-edge/operator/v1", 32));
  const digest = createHash("sha256").update(body).digest("hex");
  const timestamp = now();
  const mac = createHmac("sha256", key).update(`${method}\n${target}\n${timestamp}\n${digest}`).digest("hex");
  return `WE1 ${timestamp}.${mac}`;
}

describe("our own token server", () => {
  let door: FrontDoor;
  beforeEach(() => {
    door = new FrontDoor(platformVars("service"));
  });
  const ask = async (
    method: string,
    body?: string,
    secret = APP_SECRET,
  ): Promise<{ status: number; json: Record<string, unknown> }> => {
    const { status, body: text } = await door.fetch(
      new Request(`https://bot.example.com${PATH}`, {
        method,
        headers: { authorization: authorization(method, PATH, body, secret) },
        ...(body === undefined ? {} : { body }),
      }),
    );
    return { status, json: status === 404 ? {} : JSON.parse(text) };
  };

  test("gives the token that the Worker itself uses, in WeChat's own shape", async () => {
    const { value } = await new ApiIsolate("service").shared.tokens.current(logs.silent);
    const { status, json } = await ask("GET");
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: value, expires_in: expect.any(Number) });
    expect(json["expires_in"]).toBeGreaterThan(7_000);
    expect(await service.issued()).toMatchObject({ stable: { issued: 1 } });
  });

  test("replaces a token that a program was refused with, once for all who ask", async () => {
    const first = await ask("GET");
    await service.tokens("invalidate");
    const body = JSON.stringify({ refused: first.json["access_token"] });
    const answers = await Promise.all([ask("POST", body), ask("POST", body), ask("POST", body)]);
    const tokens = new Set(answers.map(({ json }) => json["access_token"]));
    expect(tokens.size).toBe(1);
    expect(tokens.has(first.json["access_token"])).toBe(false);
    expect(await service.issued()).toMatchObject({ stable: { forced: 0 } });
    expect(await service.calls("/cgi-bin/stable_token")).toHaveLength(2);
  });

  test.each(["", "not json", "[]", '{"refused":5}'])(
    "a body of %j asks for the current token",
    async (body) => {
      expect((await ask("POST", body)).status).toBe(200);
    },
  );

  test("says why there is none", async () => {
    await service.control("POST", "ip-list", { allowed: [] });
    const { status, json } = await ask("GET");
    expect(status).toBe(502);
    expect(json).toMatchObject({
      errcode: 40164,
      code: "api_refused",
      hint: expect.stringContaining("IP白名单"),
    });
  });

  test("does not exist for whoever does not hold the secret", async () => {
    expect((await ask("GET", undefined, "f".repeat(32))).status).toBe(404);
    expect(await service.calls()).toHaveLength(0);
  });
});

describe("a token server of a team's own", () => {
  /** Stands in for the team's server; everything else goes out for real. */
  function serve(answer: (request: Request) => Response): Request[] {
    const seen: Request[] = [];
    const real = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      if (!request.url.startsWith(SERVER)) return real(input, init);
      seen.push(request);
      return answer(request);
    });
    return seen;
  }

  const vars = {
    WECHAT_ACCESS_TOKEN_SOURCE: `${SERVER}/token?app=1`,
    WECHAT_ACCESS_TOKEN_AUTHORIZATION: "Bearer s3cret",
  };

  async function stableToken(): Promise<string> {
    const { value } = await new ApiIsolate("service").shared.tokens.current(logs.silent);
    return value;
  }

  test("is asked with its own Authorization, and WeChat never", async () => {
    const token = await stableToken();
    const seen = serve(() => Response.json({ access_token: token, expires_in: 600 }));
    await apiOf("service", vars).call("GET", IPS);
    expect(seen.map((request) => [request.url, request.headers.get("authorization")])).toEqual([
      [`${SERVER}/token?app=1`, "Bearer s3cret"],
    ]);
    expect(await service.issued()).toMatchObject({ stable: { issued: 1 }, token: { issued: 0 } });
  });

  test("is asked with an operator's signature where there is none: another wechat-edge will do", async () => {
    const token = await stableToken();
    const { WECHAT_APP_ID: appId, WECHAT_TOKEN: secretToken } = platformVars("service");
    const shared = { token: secretToken, appId, appSecret: APP_SECRET, apiBase: inject("platformUrl") };
    const door = new FrontDoor({ ACCOUNTS: JSON.stringify({ shared }) });
    const target = `${SERVER}/api/v1/accounts/shared/access-token`;
    const seen: number[] = [];
    const real = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      if (request.url !== target) return real(input, init);
      const { status, body } = await door.fetch(request);
      seen.push(status);
      return new Response(body, { status });
    });
    const isolate = new ApiIsolate("service", { WECHAT_ACCESS_TOKEN_SOURCE: target });
    const current = await isolate.shared.tokens.current(logs.silent);
    expect(current.value).toBe(token);
    expect(seen).toEqual([200]);
  });

  test("that still gives a refused token: the caller is told, and WeChat is not asked for another", async () => {
    const token = await stableToken();
    serve(() => Response.json({ access_token: token, expires_in: 600 }));
    await service.tokens("invalidate");
    await expect(apiOf("service", vars).call("GET", IPS)).rejects.toMatchObject({
      errcode: 40001,
      errmsg: expect.stringContaining("token server"),
    });
    expect(await service.issued()).toMatchObject({ stable: { issued: 1 }, token: { issued: 0 } });
  });

  test.each([
    ["HTML", () => new Response("<html>login</html>", { headers: { "Content-Type": "text/html" } })],
    ["no token", () => Response.json({ expires_in: 600 })],
    ["an error status", () => Response.json({ access_token: "x" }, { status: 500 })],
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { Location: "https://evil.example.com/" } }),
    ],
  ])("that answers with %s: nothing is sent", async (_name, answer) => {
    serve(answer);
    await expect(apiOf("service", vars).call("GET", IPS)).rejects.toMatchObject({
      name: "ApiUnreachableError",
      outcome: "not-sent",
    });
    expect(await service.calls(IPS)).toHaveLength(0);
  });
});
