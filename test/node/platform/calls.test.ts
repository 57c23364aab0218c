/** The record of calls, request ids, and quotas. */
import { beforeEach, describe, expect, test } from "vitest";
import { APP_ID } from "../../support/wechat.ts";
import { callsOf, control } from "../support/platform-control.ts";
import { APP_SECRET, objectOf, SimulatedApi, USER } from "../support/simulated-account.ts";

const SEND = "/cgi-bin/message/custom/send";

let api: SimulatedApi;
beforeEach(() => {
  api = new SimulatedApi("service");
});

const message = (content: string) => ({ touser: USER, msgtype: "text", text: { content } });

describe("the record", () => {
  test("tells what came and what it was answered, in the order in which it came", async () => {
    await api.act({ action: "text", Content: "a" });
    await api.post(SEND, message("你好"));
    await api.get("/cgi-bin/user/info", { openid: USER, lang: "zh_CN" });
    await api.get("/cgi-bin/user/info", { openid: "oNobody" });
    await api.post(SEND, "{");
    await api.post("/cgi-bin/nothing", [1, 2]);
    const common = { id: expect.any(String), at: api.now, answer: expect.any(String) };
    const calls = await callsOf(api);
    expect(calls.map((call) => JSON.parse(String(Reflect.get(call, "answer"))).errcode)).toEqual([
      0,
      undefined,
      40003,
      47001,
      40066,
    ]);
    expect(calls).toEqual([
      {
        ...common,
        method: "POST",
        path: SEND,
        query: {},
        openid: USER,
        body: message("你好"),
        status: 200,
        errcode: 0,
        effect: true,
      },
      {
        ...common,
        method: "GET",
        path: "/cgi-bin/user/info",
        query: { openid: USER, lang: "zh_CN" },
        openid: USER,
        body: null,
        status: 200,
        effect: true,
      },
      {
        ...common,
        method: "GET",
        path: "/cgi-bin/user/info",
        query: { openid: "oNobody" },
        openid: "oNobody",
        body: null,
        status: 200,
        errcode: 40003,
        effect: false,
      },
      {
        ...common,
        method: "POST",
        path: SEND,
        query: {},
        body: "{",
        status: 200,
        errcode: 47001,
        effect: false,
      },
      {
        ...common,
        method: "POST",
        path: "/cgi-bin/nothing",
        query: {},
        body: [1, 2],
        status: 200,
        errcode: 40066,
        effect: false,
      },
    ]);
  });

  test("has no secret and no token in it", async () => {
    const token = await api.token();
    await api.request(`/cgi-bin/token?grant_type=client_credential&appid=${APP_ID}&secret=${APP_SECRET}`);
    await api.request(`/cgi-bin/getcallbackip?access_token=${token}`);
    await api.request("/cgi-bin/clear_quota/v2", {
      method: "POST",
      body: JSON.stringify({ appid: APP_ID, appsecret: APP_SECRET }),
    });
    const text = JSON.stringify(await control(api, "GET", "calls"));
    expect(text).toContain("/cgi-bin/stable_token");
    expect(text).not.toContain(token);
    expect(text).not.toContain(APP_SECRET);
  });

  test("cuts long bodies, and of a file keeps name, type and size", async () => {
    await api.post(SEND, message("x".repeat(5_000)));
    await api.upload(
      "/cgi-bin/media/upload",
      { type: "image" },
      { bytes: new Uint8Array(10), filename: "a.png" },
    );
    await api.fetch(
      "/cgi-bin/media/upload",
      {},
      {
        method: "POST",
        body: "no form",
        headers: { "Content-Type": "multipart/form-data; boundary=x" },
      },
    );
    const [long, file, broken] = await callsOf(api);
    expect(String(long?.["body"])).toHaveLength(4_096);
    expect(file?.["body"]).toEqual({ filename: "a.png", contentType: expect.any(String), bytes: 10 });
    expect(broken?.["body"]).toEqual({ bytes: 7 });
  });

  test("is forgotten on demand, and never has more than five thousand", async () => {
    const token = await api.token();
    for (let number = 0; number <= 5_000; number++) {
      await api.request(`/cgi-bin/getcallbackip?access_token=${token}&number=${number}`);
    }
    const calls = await callsOf(api);
    expect(calls).toHaveLength(5_000);
    expect(calls.at(0)).toMatchObject({ query: { number: "1" } });
    expect(calls.at(-1)).toMatchObject({ query: { number: "5000" } });
    expect(await control(api, "DELETE", "calls")).toEqual({ calls: [] });
    expect(await callsOf(api)).toEqual([]);
  });

  test("is one account's, and there is none of another", async () => {
    const response = await api.request("/api/platform/other/calls");
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/ · .*[\u4e00-\u9fff]/u);
  });
});

test("a request id leads to the request", async () => {
  const failed = await api.post(SEND, message("a"));
  const rid = String(failed["errmsg"]).split("rid: ")[1];
  const { request } = await api.post("/cgi-bin/openapi/rid/get", { rid });
  expect(request).toEqual({
    invoke_time: Math.floor(api.now / 1000),
    cost_in_ms: expect.any(Number),
    request_url: expect.stringContaining("access_token="),
    request_body: JSON.stringify(message("a")),
    response_body: JSON.stringify(failed),
    client_ip: "127.0.0.1",
  });
  expect(await api.post("/cgi-bin/openapi/rid/get", { rid: "5fb1e22f-15e0407f-00233e18" })).toMatchObject({
    errcode: 76001,
  });
});

describe("quotas", () => {
  const quota = async (cgi_path: string) => api.post("/cgi-bin/openapi/quota/get", { cgi_path });
  const send = async () => (await api.post(SEND, message("a")))["errcode"];

  test.each<["service" | "test", number]>([
    ["service", 500_000],
    ["test", 50_000],
  ])("a %s account may call %i times, and is told how often it has", async (kind, daily_limit) => {
    api = new SimulatedApi(kind);
    await api.act({ action: "text", Content: "a" });
    await send();
    expect(await quota(SEND)).toEqual({
      errcode: 0,
      errmsg: "ok",
      quota: { daily_limit, used: 1, remain: daily_limit - 1 },
    });
    await control(api, "POST", "quota", { path: SEND, used: daily_limit });
    expect(await send()).toBe(45009);
    expect((await api.get("/cgi-bin/getcallbackip"))["errcode"]).toBeUndefined();
    expect((await quota(SEND))["quota"]).toEqual({ daily_limit, used: daily_limit, remain: 0 });
  });

  test.each<["service" | "test", string, number]>([
    ["service", "/cgi-bin/user/get", 500],
    ["test", "/cgi-bin/user/get", 100],
    ["service", "/cgi-bin/tags/members/batchtagging", 100_000],
    ["test", "/cgi-bin/tags/members/batchtagging", 1_000],
    ["test", "/cgi-bin/user/info", 500_000],
    ["service", "/cgi-bin/media/upload", 100_000],
    ["test", "/cgi-bin/media/upload", 500],
    ["test", "/cgi-bin/media/get", 1_000],
    ["service", "/cgi-bin/getcallbackip", 0],
  ])("a %s account may call %s %i times; 0 is without a limit", async (kind, path, daily_limit) => {
    api = new SimulatedApi(kind);
    expect((await quota(path))["quota"]).toMatchObject({ daily_limit, used: 0 });
  });

  test("a path that is none, and one that has no quota to tell", async () => {
    expect(await quota("/cgi-bin/nothing")).toMatchObject({ errcode: 76021 });
    expect(await quota("/sns/userinfo")).toMatchObject({ errcode: 76022 });
  });

  test("are cleared ten times a month, by token or by secret", async () => {
    await api.act({ action: "text", Content: "a" });
    const byToken = () => api.post("/cgi-bin/clear_quota", { appid: APP_ID });
    const bySecret = async (body: object = { appid: APP_ID, appsecret: APP_SECRET }) =>
      objectOf(await api.request("/cgi-bin/clear_quota/v2", { method: "POST", body: JSON.stringify(body) }));
    const exhaust = () => control(api, "POST", "quota", { path: SEND, used: 500_000 });
    for (const clear of [byToken, bySecret]) {
      await exhaust();
      expect(await send()).toBe(45009);
      expect(await clear()).toEqual({ errcode: 0, errmsg: "ok" });
      expect(await send()).toBe(0);
    }
    for (let number = 3; number <= 10; number++) expect(await bySecret()).toMatchObject({ errcode: 0 });
    expect(await bySecret()).toMatchObject({ errcode: 48006 });
    expect(await byToken()).toMatchObject({ errcode: 48006 });
    expect(await api.post("/cgi-bin/clear_quota", { appid: "wxother" })).toMatchObject({ errcode: 40013 });
    expect(await bySecret({ appid: APP_ID })).toMatchObject({ errcode: 41004 });
    expect(await bySecret({ appid: APP_ID, appsecret: "wrong" })).toMatchObject({ errcode: 40125 });
    expect(await bySecret({ appsecret: APP_SECRET })).toMatchObject({ errcode: 41002 });
    // The clock begins in April.
    api.now = Date.UTC(2024, 3, 30, 15, 59);
    expect(await bySecret()).toMatchObject({ errcode: 48006 });
    api.now = Date.UTC(2024, 3, 30, 16);
    expect(await bySecret()).toMatchObject({ errcode: 0 });
  });

  test.each<[string, object]>([
    ["no path", { used: 1 }],
    ["no number", { path: SEND }],
    ["half a call", { path: SEND, used: 0.5 }],
  ])("cannot be set with %s", async (_, body) => {
    expect((await control(api, "POST", "quota", body))["error"]).toMatch(/ · /);
  });
});
