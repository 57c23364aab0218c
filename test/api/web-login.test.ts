/** Web login: to WeChat's page and back, and what the code is good for. */
import { beforeEach, describe, expect, inject, test, vi } from "vitest";
import type { LoginScope, WebLogin } from "../../src/api/calls/web-login.ts";
import { ApiInputError, ConfigError } from "../../src/errors.ts";
import { logs } from "../support/logs.ts";
import { ApiIsolate, apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { APP_SECRET, appIdOf, type Kind } from "../support/platform-accounts.ts";
import { OPENID } from "../support/wechat.ts";

const EXCHANGE = "/sns/oauth2/access_token";
const REFRESH = "/sns/oauth2/refresh_token";
const CHECK = "/sns/auth";
const PROFILE = "/sns/userinfo";
const REDIRECT = "http://localhost:9/back?from=login";
const STATE = "abcXYZ0123456789";

const service = new Platform("service");
beforeEach(async () => {
  await service.reset();
  return () => vi.useRealTimers();
});

function login(kind: Kind = "service"): WebLogin {
  return apiOf(kind).webLogin;
}

/** A user opens the link inside WeChat and agrees. */
async function cameBack(scope: LoginScope, openid = OPENID, kind: Kind = "service"): Promise<URL> {
  const link = new URL(login(kind).authorizeUrl({ redirectUri: REDIRECT, scope, state: STATE }));
  const asked = await fetch(`${inject("platformUrl")}/api/oauth/authorize${link.search}&openid=${openid}`);
  expect(await asked.json()).toMatchObject({ scope, asks: scope === "snsapi_userinfo" });
  const granted = await fetch(`${inject("platformUrl")}/api/oauth/authorize`, {
    method: "POST",
    body: JSON.stringify({ ...Object.fromEntries(link.searchParams), openid }),
  });
  const { location } = await granted.json<{ location: string }>();
  return new URL(location);
}

async function codeOf(scope: LoginScope, openid?: string): Promise<string> {
  return (await cameBack(scope, openid)).searchParams.get("code") ?? "";
}

describe("the link", () => {
  const options = {
    redirectUri: "https://example.com/back?a=1&b=二#x",
    scope: "snsapi_base",
    state: STATE,
  } as const;

  test("has its parameters in WeChat's order, and leads to WeChat", () => {
    const { webLogin } = apiOf("service", { WECHAT_WEB_BASE: "" });
    expect(webLogin.authorizeUrl(options)).toBe(
      `https://open.weixin.qq.com/connect/oauth2/authorize?appid=${appIdOf("service")}` +
        "&redirect_uri=https%3A%2F%2Fexample.com%2Fback%3Fa%3D1%26b%3D%E4%BA%8C%23x" +
        `&response_type=code&scope=snsapi_base&state=${STATE}#wechat_redirect`,
    );
  });

  test("says whether to ask again, or to show a snapshot", () => {
    expect(login().authorizeUrl({ ...options, forcePopup: true, forceSnapShot: false })).toMatch(
      /&state=\w+&forcePopup=true&forceSnapShot=false#wechat_redirect$/,
    );
  });

  test("leads to the simulator in development, where it is understood", async () => {
    expect(login().authorizeUrl(options)).toMatch(
      new RegExp(`^${inject("platformUrl")}/connect/oauth2/authorize`),
    );
    const back = await cameBack("snsapi_base");
    expect(back.href).toMatch(/^http:\/\/localhost:9\/back\?from=login&code=/);
    expect(back.searchParams.get("state")).toBe(STATE);
  });

  test.each(["", "x", "x".repeat(128)])("takes the state %j", (state) => {
    expect(login().authorizeUrl({ ...options, state })).toContain(`&state=${state}#`);
  });

  test.each(["x".repeat(129), "a-b", "a b", "状态", "a\n"])("refuses the state %j", (state) => {
    expect(() => login().authorizeUrl({ ...options, state })).toThrow(ApiInputError);
  });

  test.each(["", "/back", "example.com/back", "javascript:alert(1)", "https://"])(
    "refuses to come back to %j",
    (uri) => {
      expect(() => login().authorizeUrl({ ...options, redirectUri: uri })).toThrow("redirectUri is an http");
    },
  );

  test("needs the app id", () => {
    const { webLogin } = apiOf("service", {
      WECHAT_APP_ID: "",
      WECHAT_APP_SECRET: "",
      WECHAT_ENCODING_AES_KEY: "",
    });
    expect(() => webLogin.authorizeUrl(options)).toThrow(ConfigError);
  });
});

describe("a code", () => {
  test("tells the openid", async () => {
    const code = await codeOf("snsapi_base");
    expect(await login().exchange(code)).toEqual({
      access_token: expect.any(String),
      expires_in: 7200,
      refresh_token: expect.any(String),
      openid: OPENID,
      scope: "snsapi_base",
    });
    const [call, ...more] = await service.calls();
    expect(more).toEqual([]); // no access token of the account
    expect(call).toMatchObject({
      method: "GET",
      path: EXCHANGE,
      query: { appid: appIdOf("service"), grant_type: "authorization_code" },
      effect: true,
    });
    expect(logs.text).not.toContain(code);
    expect(logs.text).not.toContain(APP_SECRET);
  });

  test("is good for once: 40163", async () => {
    const code = await codeOf("snsapi_base");
    await login().exchange(code);
    await expect(login().exchange(code)).rejects.toMatchObject({ errcode: 40163, reaction: "input" });
  });

  test("that WeChat did not give: 40029", async () => {
    await expect(login().exchange("0000")).rejects.toMatchObject({ errcode: 40029, reaction: "input" });
  });

  test("is not spent twice when the answer is lost", async () => {
    const code = await codeOf("snsapi_base");
    await service.fault({ kind: "reset-after", path: EXCHANGE });
    await expect(login().exchange(code)).rejects.toMatchObject({
      code: "api_unreachable",
      outcome: "unknown",
    });
    expect(await service.calls(EXCHANGE)).toHaveLength(1);
  });

  test("is missing when the user has refused", async () => {
    await expect(login().exchange("")).rejects.toThrow("did not agree");
    expect(await service.calls()).toEqual([]);
  });

  test("needs the AppSecret", async () => {
    const { webLogin } = apiOf("service", { WECHAT_APP_SECRET: "" });
    await expect(webLogin.exchange("x")).rejects.toMatchObject({ code: "api_not_configured" });
  });

  test("is refused with the wrong AppSecret: 40125", async () => {
    const { webLogin } = apiOf("service", { WECHAT_APP_SECRET: "f".repeat(32) });
    await expect(webLogin.exchange(await codeOf("snsapi_base"))).rejects.toMatchObject({
      errcode: 40125,
      reaction: "operator",
    });
  });
});

describe("a grant", () => {
  test("shows name and picture", async () => {
    const grant = await login().exchange(await codeOf("snsapi_userinfo"));
    expect(grant).toMatchObject({ scope: "snsapi_userinfo", unionid: expect.any(String) });
    expect(await login().userInfo(grant, "en")).toEqual({
      openid: OPENID,
      nickname: expect.stringMatching(/./),
      headimgurl: expect.stringMatching(/^http/),
      privilege: [],
      unionid: grant.unionid,
    });
    const [call] = await service.calls(PROFILE);
    expect(call).toMatchObject({ query: { openid: OPENID, lang: "en" } });
    expect(logs.text).not.toContain(grant.access_token);
  });

  test("of snsapi_base shows neither", async () => {
    const grant = await login().exchange(await codeOf("snsapi_base"));
    await expect(login().userInfo(grant)).rejects.toThrow("this grant has snsapi_base");
    expect(await service.calls(PROFILE)).toEqual([]);
  });

  test("that is refused closes the call to nobody else", async () => {
    const { api } = new ApiIsolate("service");
    const { access_token, openid } = await api.webLogin.exchange(await codeOf("snsapi_base"));
    const refused = { access_token, openid };
    await expect(api.webLogin.userInfo(refused)).rejects.toMatchObject({ errcode: 48001, remembered: false });
    const grant = await api.webLogin.exchange(await codeOf("snsapi_userinfo"));
    expect(await api.webLogin.userInfo(grant)).toMatchObject({ openid: OPENID });
    await expect(api.webLogin.userInfo(refused)).rejects.toMatchObject({ errcode: 48001, remembered: false });
  });

  test("lasts longer with its refresh token", async () => {
    const grant = await login().exchange(await codeOf("snsapi_base"));
    const longer = await login().refresh(grant.refresh_token);
    expect(longer).toEqual({ ...grant, expires_in: 7200 });
    const [call] = await service.calls(REFRESH);
    expect(call).toMatchObject({ query: { appid: appIdOf("service"), grant_type: "refresh_token" } });
    await service.fault({ kind: "reset-after", path: REFRESH });
    expect(await login().refresh(grant.refresh_token)).toEqual(longer);
    expect(await service.calls(REFRESH)).toHaveLength(3);
  });

  test("cannot be refreshed by another token", async () => {
    await expect(login().refresh("x")).rejects.toMatchObject({ errcode: 40030, reaction: "input" });
    await service.fault({ kind: "errcode", errcode: 42002, path: REFRESH });
    await expect(login().refresh("x")).rejects.toMatchObject({ errcode: 42002, reaction: "input" });
    const before = await service.calls();
    await expect(login().refresh("")).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual(before);
  });

  test("is valid, or not", async () => {
    const grant = await login().exchange(await codeOf("snsapi_base"));
    expect(await login().isValid(grant)).toBe(true);
    expect((await service.calls(CHECK)).at(-1)).toMatchObject({ query: { openid: OPENID } });
    expect(await login().isValid({ ...grant, access_token: "x" })).toBe(false);
    expect(await login().isValid({ ...grant, openid: "oSomebodyElse" })).toBe(false);
    const before = await service.calls();
    expect(await login().isValid({ ...grant, openid: "" })).toBe(false);
    expect(await login().isValid({ ...grant, access_token: "" })).toBe(false);
    expect(await service.calls()).toEqual(before);
  });

  test.each([40001, 40003, 40014, 42001, 42007])("%d means that it is not valid", async (errcode) => {
    await service.fault({ kind: "errcode", errcode, path: CHECK });
    const grant = await login().exchange(await codeOf("snsapi_base"));
    expect(await login().isValid(grant)).toBe(false);
  });

  test("nobody knows whether it is valid when WeChat does not say", async () => {
    const grant = await login().exchange(await codeOf("snsapi_base"));
    await service.fault({ kind: "errcode", errcode: 50002, path: CHECK });
    await expect(login().isValid(grant)).rejects.toMatchObject({ errcode: 50002 });
    await service.fault({ kind: "html", path: CHECK, times: 0 });
    await expect(login().isValid(grant)).rejects.toMatchObject({ code: "api_answer_unreadable" });
  });

  test("renews no token of the account when it is over", async () => {
    const grant = await login().exchange(await codeOf("snsapi_userinfo"));
    await service.fault({ kind: "errcode", errcode: 42001, path: PROFILE });
    await expect(login().userInfo(grant)).rejects.toMatchObject({ errcode: 42001 });
    expect(await service.calls(PROFILE)).toHaveLength(1);
    expect(await service.issued()).toMatchObject({ stable: { issued: 0 } });
  });
});

describe("user", () => {
  test("tells who it is in one call", async () => {
    expect(await login().user(await codeOf("snsapi_base"))).toEqual({ openid: OPENID });
    expect(await service.calls(PROFILE)).toEqual([]);
    const told = await login().user(await codeOf("snsapi_userinfo"), "zh_TW");
    expect(told).toEqual({
      openid: OPENID,
      unionid: expect.any(String),
      profile: {
        openid: OPENID,
        nickname: expect.stringMatching(/./),
        headimgurl: expect.stringMatching(/^http/),
        privilege: [],
        unionid: told.unionid,
      },
    });
    expect(await service.calls(PROFILE)).toMatchObject([{ query: { lang: "zh_TW" } }]);
  });

  test("users are not mixed up", async () => {
    const codes = await Promise.all(["oA", "oB"].map((openid) => codeOf("snsapi_userinfo", openid)));
    const told = await Promise.all(codes.map((code) => login().user(code)));
    expect(told.map(({ openid, profile }) => [openid, profile?.openid])).toEqual([
      ["oA", "oA"],
      ["oB", "oB"],
    ]);
  });

  test("asks nothing of a made-up user", async () => {
    const answer = { access_token: "x", openid: "oSnapshot", scope: "snsapi_userinfo", is_snapshotuser: 1 };
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValueOnce(Response.json(answer));
    expect(await login().user("code")).toEqual({ openid: "oSnapshot", is_snapshotuser: 1 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

describe("accounts without web login", () => {
  test.each(["personal", "subscription", "service-unverified"] as const)(
    "%s, taken for another kind: 48001",
    async (kind) => {
      await new Platform(kind).reset();
      const { webLogin } = claimingIsolate(kind).api;
      await expect(webLogin.exchange("x")).rejects.toMatchObject({ errcode: 48001, reaction: "permission" });
    },
  );

  test("a test account has it", async () => {
    await new Platform("test").reset();
    await new Platform("test").phone(OPENID);
    const code = (await cameBack("snsapi_userinfo", OPENID, "test")).searchParams.get("code") ?? "";
    expect(await login("test").user(code)).toMatchObject({ openid: OPENID, profile: {} });
  });
});
