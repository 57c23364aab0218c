/** Template messages, from the library to the phone. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { TemplateMessage, Templates } from "../../src/api/calls/templates.ts";
import { ApiInputError } from "../../src/errors.ts";
import { ApiIsolate, apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const SEND = "/cgi-bin/message/template/send";
const LIST = "/cgi-bin/template/get_all_private_template";
const ADD = "/cgi-bin/template/api_add_template";
const DELETE = "/cgi-bin/template/del_private_template";

const service = new Platform("service");
beforeEach(async () => {
  await service.reset();
  await service.phone(OPENID);
});

function templates(): Templates {
  return apiOf("service").templates;
}

/** A message by the template that every simulated account has. */
async function message(more: Partial<TemplateMessage> = {}): Promise<TemplateMessage> {
  const [template] = await templates().list();
  return {
    touser: OPENID,
    template_id: template?.template_id ?? "",
    data: {
      character_string1: { value: "20260101001" },
      amount2: { value: "39.80元", color: "#173177" },
      time3: { value: "2026年1月1日 12:00" },
    },
    ...more,
  };
}

async function shown(): Promise<unknown[]> {
  const { timeline } = await service.phone(OPENID);
  return timeline.filter(({ via }) => via === "template");
}

describe("a template message", () => {
  test("is shown on the phone", async () => {
    const sent = await message({
      url: "https://example.com/",
      miniprogram: { appid: "wxmini", pagepath: "index?foo=bar" },
      client_msg_id: "paid-1",
    });
    const id = await templates().send(sent);
    expect(id).toMatch(/^\d+$/);
    expect((await service.calls(SEND)).at(-1)?.body).toEqual(sent);
    expect(await shown()).toMatchObject([
      {
        reply: {
          MsgType: "template",
          fields: {
            title: "订单支付成功通知",
            url: "https://example.com/",
            miniprogram_appid: "wxmini",
            rows: {
              item: [
                { name: "订单编号", value: "20260101001" },
                { name: "支付金额", value: "39.80元", color: "#173177" },
                { name: "支付时间", value: "2026年1月1日 12:00" },
              ],
            },
          },
        },
      },
    ]);
  });

  test("with a client_msg_id is sent again after a lost answer, and shown once", async () => {
    const sent = await message({ client_msg_id: "paid-1" });
    await service.fault({ kind: "reset-after", path: SEND });
    await templates().send(sent);
    expect(await service.calls(SEND)).toHaveLength(2);
    expect(await shown()).toHaveLength(1);
  });

  test("without one is not sent again", async () => {
    const sent = await message();
    await service.fault({ kind: "reset-after", path: SEND });
    await expect(templates().send(sent)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await service.calls(SEND)).toHaveLength(1);
    expect(await shown()).toHaveLength(1);
  });

  test("may have an id beyond 2^53", async () => {
    const { api } = new ApiIsolate("service");
    const sent = await message();
    await api.templates.list(); // the token is there: the next request is the message
    vi.spyOn(globalThis, "fetch").mockResolvedValueOnce(
      new Response('{"errcode":0,"errmsg":"ok","msgid":9144022981100519421}'),
    );
    expect(await api.templates.send(sent)).toBe("9144022981100519421");
  });

  test.each([
    ["a user", { touser: "" }, "openid is empty"],
    ["a template", { template_id: "" }, "template's id is empty"],
    ["a value", { data: {} }, "needs a value"],
  ])("needs %s", async (_what, lacks, text) => {
    const wrong = await message(lacks);
    await expect(templates().send(wrong)).rejects.toThrow(text);
    await expect(templates().send(wrong)).rejects.toThrow(ApiInputError);
    expect(await service.calls(SEND)).toEqual([]);
  });

  test("does not reach who has left: 43004", async () => {
    await service.act(OPENID, { action: "unfollow" });
    await expect(templates().send(await message())).rejects.toMatchObject({
      errcode: 43004,
      reaction: "recipient",
    });
  });

  test("needs a template of the account: 40037", async () => {
    const wrong = await message({ template_id: "x".repeat(43) });
    await expect(templates().send(wrong)).rejects.toMatchObject({ errcode: 40037, reaction: "input" });
  });

  test("does not reach users of other accounts: 40003", async () => {
    const wrong = await message({ touser: "oOther" });
    await expect(templates().send(wrong)).rejects.toMatchObject({ errcode: 40003, reaction: "recipient" });
  });

  test("is sent in raw UTF-8, and can be cancelled", async () => {
    const sent = await message({ data: { thing1: { value: "巧克力 😀" } } });
    await templates().send(sent);
    expect((await service.calls(SEND)).at(-1)?.body).toMatchObject({
      data: { thing1: { value: "巧克力 😀" } },
    });
    await expect(templates().send(sent, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "api_cancelled",
      outcome: "not-sent",
    });
  });
});

describe("templates", () => {
  test("are taken from the library and given up", async () => {
    const [sample] = await templates().list();
    expect(sample).toMatchObject({
      template_id: expect.stringMatching(/^.{43}$/),
      title: expect.any(String),
    });
    const id = await templates().add("47123", ["时间", "地点", "金额"]);
    expect((await service.calls(ADD)).at(-1)?.body).toEqual({
      template_id_short: "47123",
      keyword_name_list: ["时间", "地点", "金额"],
    });
    expect(await templates().list()).toMatchObject([sample, { template_id: id }]);
    await templates().delete(id);
    expect((await service.calls(DELETE)).at(-1)?.body).toEqual({ template_id: id });
    expect(await templates().list()).toEqual([sample]);
    await expect(templates().delete(id)).rejects.toMatchObject({ errcode: 40037 });
  });

  test("of the older kind have no keywords", async () => {
    await templates().add("TM00015");
    expect((await service.calls(ADD)).at(-1)?.body).toEqual({ template_id_short: "TM00015" });
  });

  test("are 25 at most: 45026", async () => {
    const { api } = new ApiIsolate("service");
    for (let n = 1; n < 25; n++) await api.templates.add(String(n), ["内容"]);
    await expect(api.templates.add("25", ["内容"])).rejects.toMatchObject({
      errcode: 45026,
      reaction: "input",
    });
  });

  test("40246: the keywords are not in the library", async () => {
    await service.fault({ kind: "errcode", errcode: 40246, path: ADD });
    await expect(templates().add("47123", ["?"])).rejects.toMatchObject({
      errcode: 40246,
      reaction: "input",
    });
  });

  test("have ids", async () => {
    await expect(templates().add("")).rejects.toThrow(ApiInputError);
    await expect(templates().delete("")).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual([]);
  });
});

describe("accounts without template messages", () => {
  test.each(["personal", "subscription", "service-unverified"] as const)(
    "%s, taken for another kind: 48001, remembered per call",
    async (kind) => {
      const platform = new Platform(kind);
      await platform.reset();
      const { api } = claimingIsolate(kind);
      const calls = [
        [SEND, () => api.templates.send({ touser: OPENID, template_id: "x", data: { a: { value: "x" } } })],
        [LIST, () => api.templates.list()],
        [ADD, () => api.templates.add("1")],
        [DELETE, () => api.templates.delete("x")],
      ] as const;
      for (const [path, call] of calls) {
        await expect(call()).rejects.toMatchObject({
          errcode: 48001,
          reaction: "permission",
          remembered: false,
        });
        await expect(call()).rejects.toMatchObject({ errcode: 48001, remembered: true });
        expect(await platform.calls(path)).toHaveLength(1);
      }
    },
  );
});
