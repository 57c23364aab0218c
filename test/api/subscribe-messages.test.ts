/** Notices that users have asked for. */
import { beforeEach, describe, expect, test } from "vitest";
import type {
  OneTimeMessage,
  SubscribeMessage,
  SubscribeMessages,
} from "../../src/api/calls/subscribe-messages.ts";
import { ApiInputError, ConfigError } from "../../src/errors.ts";
import { ONE_TIME_TEMPLATE_ID } from "../../simulator/platform/subscriptions.ts";
import { apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { appIdOf, type Kind } from "../support/platform-accounts.ts";
import { OPENID } from "../support/wechat.ts";

const SEND = "/cgi-bin/message/subscribe/bizsend";
const SEND_ONE_TIME = "/cgi-bin/message/template/subscribe";
const LIST = "/wxaapi/newtmpl/gettemplate";

const service = new Platform("service");
beforeEach(async () => {
  await service.reset();
  await service.phone(OPENID);
});

function notices(kind: Kind = "service"): SubscribeMessages {
  return apiOf(kind).subscribeMessages;
}

async function shown(platform = service): Promise<unknown[]> {
  const { timeline } = await platform.phone(OPENID);
  return timeline.filter(({ via }) => via === "subscribe").map(({ reply }) => reply);
}

describe("a subscription notice", () => {
  /** A notice by the template that every simulated account has. */
  async function message(more: Partial<SubscribeMessage> = {}): Promise<SubscribeMessage> {
    const [template] = await notices().templates();
    return {
      touser: OPENID,
      template_id: template?.priTmplId ?? "",
      data: { thing1: { value: "巧克力" }, character_string2: { value: "SF1234567890" } },
      ...more,
    };
  }

  async function agree(): Promise<void> {
    const { template_id: TemplateId } = await message();
    await service.act(OPENID, {
      action: "event",
      Event: "subscribe_msg_popup_event",
      fields: { SubscribeMsgPopupEvent: { List: { TemplateId, SubscribeStatusString: "accept" } } },
    });
  }

  test("reaches who has agreed to it, once", async () => {
    await agree();
    const sent = await message({
      page: "https://example.com/",
      miniprogram: { appid: "wxmini", pagepath: "index" },
    });
    await notices().send(sent);
    expect((await service.calls(SEND)).at(-1)?.body).toEqual(sent);
    expect(await shown()).toMatchObject([
      {
        MsgType: "subscribe",
        fields: {
          title: "发货通知",
          rows: {
            item: [
              { name: "商品名称", value: "巧克力" },
              { name: "快递单号", value: "SF1234567890" },
            ],
          },
        },
      },
    ]);
    await expect(notices().send(sent)).rejects.toMatchObject({ errcode: 43101, reaction: "recipient" });
  });

  test("is not sent twice when the answer is lost", async () => {
    await agree();
    await agree();
    const sent = await message();
    await service.fault({ kind: "reset-after", path: SEND });
    await expect(notices().send(sent)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await shown()).toHaveLength(1);
  });

  test.each([
    ["thing1", 20],
    ["number2", 32],
    ["letter3", 32],
    ["symbol4", 5],
    ["character_string5", 32],
    ["phone_number6", 17],
    ["car_number7", 8],
    ["name8", 20],
    ["phrase9", 5],
  ])("%s has 1 to %d characters", async (name, most) => {
    const wrong = await message({ data: { [name]: { value: "😀".repeat(most + 1) } } });
    await expect(notices().send(wrong)).rejects.toThrow(
      `The value of ${name} has at most ${most} characters; this one has ${most + 1}.`,
    );
    const empty = await message({ data: { [name]: { value: "" } } });
    await expect(notices().send(empty)).rejects.toThrow(`The value of ${name} is empty.`);
    expect(await service.calls(SEND)).toEqual([]);
  });

  test("47003: a value does not fit the template", async () => {
    await agree();
    const wrong = await message({ data: { thing1: { value: "巧克力" } } });
    await expect(notices().send(wrong)).rejects.toMatchObject({ errcode: 47003, reaction: "input" });
    await notices().send(
      await message({ data: { thing1: { value: "😀".repeat(20) }, character_string2: { value: "x" } } }),
    );
  });

  test("needs a user and a template", async () => {
    await expect(notices().send(await message({ touser: "" }))).rejects.toThrow(ApiInputError);
    await expect(notices().send(await message({ template_id: "" }))).rejects.toThrow(ApiInputError);
    expect(await service.calls(SEND)).toEqual([]);
    const unknown = await message({ template_id: "x".repeat(43) });
    await expect(notices().send(unknown)).rejects.toMatchObject({ errcode: 40037 });
  });

  test("is made of the account's templates", async () => {
    expect(await notices().templates()).toEqual([
      {
        priTmplId: expect.stringMatching(/^.{43}$/),
        title: "发货通知",
        content: "商品名称:{{thing1.DATA}}\n快递单号:{{character_string2.DATA}}\n",
        example: expect.any(String),
        type: 2,
      },
    ]);
  });
});

describe("a one-time message", () => {
  const message: OneTimeMessage = {
    touser: OPENID,
    template_id: ONE_TIME_TEMPLATE_ID,
    scene: 1000,
    title: "订阅通知",
    data: { content: { value: "您好！😀", color: "#FF0000" } },
  };

  test.each(["service", "subscription", "test"] as const)(
    "reaches who has agreed to it: %s",
    async (kind) => {
      const platform = new Platform(kind);
      await platform.reset();
      await platform.phone(OPENID);
      await platform.control("POST", "subscriptions", { openid: OPENID, scene: 1000 });
      await notices(kind).sendOneTime({ ...message, url: "https://example.com/" });
      expect((await platform.calls(SEND_ONE_TIME)).at(-1)?.body).toEqual({
        ...message,
        url: "https://example.com/",
        scene: "1000",
      });
      expect(await shown(platform)).toMatchObject([
        {
          fields: {
            title: "订阅通知",
            url: "https://example.com/",
            rows: { item: [{ value: "您好！😀", color: "#FF0000" }] },
          },
        },
      ]);
      await expect(notices(kind).sendOneTime(message)).rejects.toMatchObject({ errcode: 43101 });
    },
  );

  test("has a scene of 0 to 10,000", async () => {
    for (const scene of [-1, 10_001, 1.5, NaN]) {
      await expect(notices().sendOneTime({ ...message, scene })).rejects.toThrow("from 0 to 10000");
    }
    expect(await service.calls()).toEqual([]);
    for (const scene of [0, 10_000]) {
      await service.control("POST", "subscriptions", { openid: OPENID, scene });
      await notices().sendOneTime({ ...message, scene });
    }
    expect(await shown()).toHaveLength(2);
  });

  test("has a title of 1 to 15 characters and a content of 1 to 200", async () => {
    const content = (value: string): OneTimeMessage["data"] => ({ content: { value } });
    for (const wrong of [
      { title: "" },
      { title: "题".repeat(16) },
      { data: content("") },
      { data: content("文".repeat(201)) },
      { touser: "" },
      { template_id: "" },
    ]) {
      await expect(notices().sendOneTime({ ...message, ...wrong })).rejects.toThrow(ApiInputError);
    }
    expect(await service.calls()).toEqual([]);
    await service.control("POST", "subscriptions", { openid: OPENID, scene: 1000 });
    await notices().sendOneTime({ ...message, title: "题".repeat(15), data: content("😀".repeat(200)) });
  });

  test("is not sent twice when the answer is lost", async () => {
    await service.control("POST", "subscriptions", { openid: OPENID, scene: 1000 });
    await service.fault({ kind: "reset-after", path: SEND_ONE_TIME });
    await expect(notices().sendOneTime(message)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await service.calls(SEND_ONE_TIME)).toHaveLength(1);
  });
});

describe("the page where a user agrees", () => {
  const options = { templateId: "1uDx", scene: 1000, redirectUrl: "http://support.qq.com", reserved: "test" };

  test("has its parameters as WeChat's sample has them", () => {
    const { subscribeMessages } = apiOf("service", { WECHAT_WEB_BASE: "" });
    expect(subscribeMessages.oneTimeUrl(options)).toBe(
      `https://mp.weixin.qq.com/mp/subscribemsg?action=get_confirm&appid=${appIdOf("service")}&scene=1000` +
        "&template_id=1uDx&redirect_url=http%3A%2F%2Fsupport.qq.com&reserved=test#wechat_redirect",
    );
    const { reserved: _reserved, ...less } = options;
    expect(subscribeMessages.oneTimeUrl(less)).toMatch(
      /redirect_url=http%3A%2F%2Fsupport\.qq\.com#wechat_redirect$/,
    );
  });

  test.each([
    ["scene", { scene: 10_001 }],
    ["template", { templateId: "" }],
    ["address", { redirectUrl: "support.qq.com" }],
    ["reserved text", { reserved: "a&b" }],
    ["length of the reserved text", { reserved: "x".repeat(129) }],
  ])("refuses a wrong %s", (_what, wrong) => {
    expect(() => notices().oneTimeUrl({ ...options, ...wrong })).toThrow(ApiInputError);
  });

  test("needs the app id", () => {
    const vars = { WECHAT_APP_ID: "", WECHAT_APP_SECRET: "", WECHAT_ENCODING_AES_KEY: "" };
    expect(() => apiOf("service", vars).subscribeMessages.oneTimeUrl(options)).toThrow(ConfigError);
  });
});

describe("accounts without notices", () => {
  test.each([
    ["personal", [SEND, LIST, SEND_ONE_TIME]],
    ["subscription", [SEND, LIST]],
    ["service-unverified", [SEND, LIST, SEND_ONE_TIME]],
  ] as const)("%s, taken for another kind: 48001, remembered per call", async (kind, paths) => {
    const platform = new Platform(kind);
    await platform.reset();
    const { subscribeMessages } = claimingIsolate(kind).api;
    const user = { touser: OPENID, template_id: "x" };
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      [SEND]: () => subscribeMessages.send({ ...user, data: { thing1: { value: "x" } } }),
      [LIST]: () => subscribeMessages.templates(),
      [SEND_ONE_TIME]: () =>
        subscribeMessages.sendOneTime({ ...user, scene: 1, title: "x", data: { content: { value: "x" } } }),
    };
    for (const path of paths) {
      await expect(calls[path]?.()).rejects.toMatchObject({ errcode: 48001, remembered: false });
      await expect(calls[path]?.()).rejects.toMatchObject({ errcode: 48001, remembered: true });
      expect(await platform.calls(path)).toHaveLength(1);
    }
  });
});
