/** Calls for the people who run the account. */
import { beforeEach, describe, expect, test } from "vitest";
import type { AutoReplyInfo } from "../../src/api/calls/auto-replies.ts";
import type { Operations } from "../../src/api/calls/operations.ts";
import { ApiError, ApiInputError } from "../../src/errors.ts";
import { logs } from "../support/logs.ts";
import { apiOf, ApiIsolate, Platform } from "../support/platform.ts";
import { APP_SECRET, appIdOf, KINDS } from "../support/platform-accounts.ts";
import { OPENID } from "../support/wechat.ts";

const CHECK = "/cgi-bin/callback/check";
const IPS = "/cgi-bin/getcallbackip";
const API_IPS = "/cgi-bin/get_api_domain_ip";
const QUOTA = "/cgi-bin/openapi/quota/get";
const CLEAR = "/cgi-bin/clear_quota";
const CLEAR_V2 = "/cgi-bin/clear_quota/v2";
const RID = "/cgi-bin/openapi/rid/get";
const AUTO_REPLIES = "/cgi-bin/get_current_autoreply_info";
const FOLLOWERS = "/cgi-bin/user/get";

const service = new Platform("service");
beforeEach(() => service.reset());

function operations(): Operations {
  return apiOf("service").operations;
}

async function body(path: string): Promise<unknown> {
  return (await service.calls(path)).at(-1)?.body;
}

describe("checkCallback", () => {
  test("tells whether WeChat reaches the callback URL", async () => {
    // Nobody listens there.
    expect(await operations().checkCallback()).toEqual({
      dns: [{ ip: "127.0.0.1", real_operator: expect.any(String) }],
      ping: [
        {
          ip: "127.0.0.1",
          from_operator: expect.any(String),
          package_loss: "100%",
          time: expect.stringMatching(/ms$/),
        },
      ],
    });
    expect(await body(CHECK)).toEqual({ action: "all", check_operator: "DEFAULT" });
  });

  test("asks for a part, from one network", async () => {
    const { dns, ping } = await operations().checkCallback({ action: "dns", check_operator: "UNICOM" });
    expect([dns?.length, ping]).toEqual([1, undefined]);
    expect(await body(CHECK)).toEqual({ action: "dns", check_operator: "UNICOM" });
  });

  test.each([
    [40201, "operator"],
    [40202, "input"],
    [40203, "input"],
  ])("%d asks for %s", async (errcode, reaction) => {
    await service.fault({ kind: "errcode", errcode, path: CHECK });
    await expect(operations().checkCallback()).rejects.toMatchObject({ errcode, reaction });
  });
});

test("addresses of both sides", async () => {
  expect(await operations().callbackIps()).toEqual(["127.0.0.1"]);
  expect(await operations().apiDomainIps()).toEqual(["127.0.0.1"]);
  expect(await service.calls(IPS)).toHaveLength(1);
  expect(await service.calls(API_IPS)).toHaveLength(1);
});

describe("quotas", () => {
  test("are told", async () => {
    await apiOf("service").users.list();
    expect(await operations().quota(FOLLOWERS)).toMatchObject({
      quota: { daily_limit: 500, used: 1, remain: 499 },
    });
    expect(await body(QUOTA)).toEqual({ cgi_path: FOLLOWERS });
  });

  test("76021: there is no such call", async () => {
    await expect(operations().quota("/cgi-bin/nothing")).rejects.toMatchObject({
      errcode: 76021,
      reaction: "input",
    });
  });

  test.each([
    "",
    "cgi-bin/user/get",
    "https://api.weixin.qq.com/cgi-bin/user/get",
    "/a?b",
    "/a b",
    "/sns/userinfo",
  ])("%j is no path to ask for", async (path) => {
    await expect(operations().quota(path)).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual([]);
  });

  test.each([
    ["clearQuota", CLEAR],
    ["clearQuotaBySecret", CLEAR_V2],
  ] as const)("begin anew, and the closed calls are open in all isolates: %s", async (method, path) => {
    await service.control("POST", "quota", { path: FOLLOWERS, used: 500 });
    const [first, second] = [new ApiIsolate("service"), new ApiIsolate("service")];
    await expect(first.api.users.list()).rejects.toMatchObject({ errcode: 45009 });
    expect(first.api.isOpen(FOLLOWERS)).toBe(false);
    await second.api.operations[method]();
    expect(second.api.isOpen(FOLLOWERS)).toBe(true);
    const third = new ApiIsolate("service");
    expect(await third.api.users.list()).toMatchObject({ total: 0 });
    await first.api.operations[method]();
    expect(await first.api.users.list()).toMatchObject({ total: 0 });
    expect(await service.calls(path)).toHaveLength(2);
  });

  test("are cleared by the app id", async () => {
    await operations().clearQuota();
    expect(await body(CLEAR)).toEqual({ appid: appIdOf("service") });
  });

  test("are cleared without a token when there are none left", async () => {
    await service.fault({ kind: "errcode", errcode: 45009, path: "/cgi-bin/stable_token", times: 0 });
    const isolate = new ApiIsolate("service");
    await expect(isolate.api.operations.clearQuota()).rejects.toMatchObject({ errcode: 45009 });
    await isolate.api.operations.clearQuotaBySecret();
    expect(await service.calls(CLEAR_V2)).toMatchObject([
      { query: { appid: appIdOf("service") }, effect: true },
    ]);
    expect(await service.issued()).toMatchObject({ stable: { issued: 0 } });
    expect(logs.text).not.toContain(APP_SECRET);
    await service.control("DELETE", "faults");
    expect(await isolate.api.operations.callbackIps()).toEqual(["127.0.0.1"]);
  });

  test.each([
    ["clearQuota", CLEAR],
    ["clearQuotaBySecret", CLEAR_V2],
  ] as const)("are cleared ten times a month: %s", async (method, path) => {
    const { api } = new ApiIsolate("service");
    for (let n = 0; n < 10; n++) await api.operations[method]();
    await expect(api.operations[method]()).rejects.toMatchObject({ errcode: 48006, reaction: "quota" });
    expect(await service.calls(path)).toHaveLength(11);
  });

  test("are not cleared twice when the answer is lost", async () => {
    await service.fault({ kind: "reset-after", path: CLEAR });
    await expect(operations().clearQuota()).rejects.toMatchObject({ outcome: "unknown" });
    await service.fault({ kind: "reset-after", path: CLEAR_V2 });
    await expect(operations().clearQuotaBySecret()).rejects.toMatchObject({ outcome: "unknown" });
    expect([...(await service.calls(CLEAR)), ...(await service.calls(CLEAR_V2))]).toHaveLength(2);
  });

  test("are not cleared with the wrong AppSecret: 40125, nor without one", async () => {
    const wrong = apiOf("service", { WECHAT_APP_SECRET: "f".repeat(32) });
    await expect(wrong.operations.clearQuotaBySecret()).rejects.toMatchObject({
      errcode: 40125,
      reaction: "operator",
    });
    const none = apiOf("service", { WECHAT_APP_SECRET: "" });
    await expect(none.operations.clearQuotaBySecret()).rejects.toMatchObject({ code: "api_not_configured" });
  });
});

describe("requestInfo", () => {
  async function ridOf(call: Promise<unknown>): Promise<string> {
    const error: unknown = await call.catch((refused: unknown) => refused);
    return (error instanceof ApiError && /rid: ([\w-]+)/.exec(error.errmsg)?.[1]) || "";
  }

  test("tells of a refused request", async () => {
    const rid = await ridOf(apiOf("service").users.info("oOther"));
    expect(await operations().requestInfo(rid)).toEqual({
      invoke_time: expect.any(Number),
      cost_in_ms: expect.any(Number),
      request_url: expect.stringContaining("openid=oOther"),
      request_body: "",
      response_body: expect.stringContaining('"errcode":40003'),
      client_ip: "127.0.0.1",
    });
    expect(await body(RID)).toEqual({ rid });
  });

  test("76001: there is no such request", async () => {
    await expect(operations().requestInfo("61725984-6126f6f9-040f19c4")).rejects.toMatchObject({
      errcode: 76001,
      reaction: "input",
    });
  });

  test.each(["", "x", "rid: 61725984-6126f6f9-040f19c4", "61725984"])("%j is no rid", async (rid) => {
    await expect(operations().requestInfo(rid)).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual([]);
  });
});

describe("autoReplyInfo", () => {
  const replies: AutoReplyInfo = {
    is_add_friend_reply_open: 1,
    is_autoreply_open: 1,
    add_friend_autoreply_info: { type: "text", content: "谢谢关注！" },
    message_default_autoreply_info: { type: "img", content: "media" },
    keyword_autoreply_info: {
      list: [
        {
          rule_name: "autoreply-news",
          create_time: 1_423_028_166,
          reply_mode: "reply_all",
          keyword_list_info: [
            { type: "text", match_mode: "contain", content: "news测试" },
            { type: "text", match_mode: "equal", content: "test" },
          ],
          reply_list_info: [
            {
              type: "news",
              content: "permanent",
              news_info: {
                list: [
                  {
                    title: "it's news",
                    author: "jim",
                    digest: "it's digest",
                    show_cover: 1,
                    cover_url: "http://mmbiz.qpic.cn/mmbiz/0",
                    content_url: "http://mp.weixin.qq.com/s?__biz=x",
                    source_url: "",
                  },
                ],
              },
            },
            { type: "video", content: "http://vweixin.tc.qq.com/x" },
          ],
        },
      ],
    },
  };

  test("tells what the console was set to", async () => {
    await service.control("POST", "auto-replies", replies);
    expect(await operations().autoReplyInfo()).toEqual(replies);
    expect(await service.calls(AUTO_REPLIES)).toMatchObject([{ method: "GET", query: {} }]);
  });

  test("tells of more than a megabyte of rules", async () => {
    const [rule] = replies.keyword_autoreply_info?.list ?? [];
    const reply = { type: "text", content: "长".repeat(600) };
    const list = Array.from({ length: 200 }, () => ({
      ...rule,
      reply_list_info: [reply, reply, reply, reply, reply],
    }));
    await service.control("POST", "auto-replies", { ...replies, keyword_autoreply_info: { list } });
    const told = await operations().autoReplyInfo();
    expect(JSON.stringify(told).length * 3).toBeGreaterThan(1_048_576);
    expect(told.keyword_autoreply_info?.list).toEqual(list);
  });

  test("nothing was set", async () => {
    expect(await operations().autoReplyInfo()).toEqual({ is_add_friend_reply_open: 0, is_autoreply_open: 0 });
  });
});

test.each(KINDS)("accounts of kind %s may make all these calls", async (kind) => {
  await new Platform(kind).reset();
  await new Platform(kind).phone(OPENID);
  const ours = apiOf(kind).operations;
  await ours.checkCallback({ action: "dns" });
  await ours.callbackIps();
  await ours.apiDomainIps();
  await ours.quota(IPS);
  await ours.clearQuota();
  await ours.clearQuotaBySecret();
  await ours.autoReplyInfo();
  await expect(ours.requestInfo("0-0-0")).rejects.toMatchObject({ errcode: 76001 });
});
