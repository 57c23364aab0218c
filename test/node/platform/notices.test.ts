/** Template messages, subscription notices and one-time messages, and the pushes that tell of them. */
import { beforeEach, describe, expect, test } from "vitest";
import { createSimulator } from "../../../simulator/app.ts";
import {
  ONE_TIME_TEMPLATE_ID,
  SAMPLE_SUBSCRIBE_TEMPLATE,
} from "../../../simulator/platform/subscriptions.ts";
import { SAMPLE_TEMPLATE } from "../../../simulator/platform/templates.ts";
import { APP_ID, element, TOKEN } from "../../support/wechat.ts";
import { control, settled, timelineOf } from "../support/platform-control.ts";
import { APP_SECRET, objectOf, ORIGIN, SimulatedApi, USER } from "../support/simulated-account.ts";

const OK = { errcode: 0, errmsg: "ok" };

let api: SimulatedApi;
beforeEach(async () => {
  api = new SimulatedApi("service");
  await api.menu();
});

const shown = async () => (await timelineOf(api, USER)).filter(({ from }) => from === "account");

describe("templates", () => {
  const list = async () => (await api.get("/cgi-bin/template/get_all_private_template"))["template_list"];
  const add = (body: object) => api.post("/cgi-bin/template/api_add_template", body);

  test("one is there, others are added and deleted", async () => {
    expect(await list()).toEqual([SAMPLE_TEMPLATE]);
    const added = await add({ template_id_short: "TM00015", keyword_name_list: ["项目", "时间"] });
    expect(added).toEqual({ ...OK, template_id: expect.stringMatching(/^[\w-]{43}$/) });
    const { template_id } = added;
    expect(await list()).toContainEqual(
      expect.objectContaining({ template_id, content: "项目：{{thing1.DATA}}\n时间：{{thing2.DATA}}\n" }),
    );
    const remove = () => api.post("/cgi-bin/template/del_private_template", { template_id });
    expect(await remove()).toEqual(OK);
    expect(await remove()).toMatchObject({ errcode: 40037 });
    expect(await list()).toEqual([SAMPLE_TEMPLATE]);
    expect(await add({})).toMatchObject({ errcode: 40037 });
  });

  test("there are twenty-five at most", async () => {
    for (let number = 2; number <= 25; number++) await add({ template_id_short: "TM1" });
    expect(await add({ template_id_short: "TM1" })).toMatchObject({ errcode: 45026 });
  });
});

describe("template messages", () => {
  const { template_id } = SAMPLE_TEMPLATE;
  const data = {
    character_string1: { value: "20260101001" },
    amount2: { value: 39.8, color: "#173177" },
  };
  const send = (more: object = {}) =>
    api.post("/cgi-bin/message/template/send", { touser: USER, template_id, data, ...more });

  test("stand on the phone with their rows, and lead somewhere", async () => {
    const answer = await send({ url: "http://a", miniprogram: { appid: "wx1", pagepath: "p" } });
    expect(answer).toEqual({ ...OK, msgid: expect.any(Number) });
    expect(await shown()).toMatchObject([
      {
        via: "template",
        call: expect.any(String),
        reply: {
          MsgType: "template",
          fields: {
            title: SAMPLE_TEMPLATE.title,
            template_id,
            url: "http://a",
            miniprogram_appid: "wx1",
            rows: {
              item: [
                { name: "订单编号", value: "20260101001" },
                { name: "支付金额", value: "39.8", color: "#173177" },
                { name: "支付时间", value: "" },
              ],
            },
          },
        },
      },
    ]);
  });

  test("need no window, and open none", async () => {
    api.now += 100 * 24 * 3_600_000;
    expect(await send()).toMatchObject({ errcode: 0 });
  });

  test.each<[string, object, number]>([
    ["nobody", { touser: "oNobody" }, 40003],
    ["another template", { template_id: "x" }, 40037],
    ["no data", { data: undefined }, 47001],
  ])("are refused with %s", async (_, more, errcode) => {
    expect(await send(more)).toMatchObject({ errcode });
    expect(await shown()).toEqual([]);
  });

  test("do not reach who has left", async () => {
    await api.act({ action: "unfollow" });
    expect(await send()).toMatchObject({
      errcode: 43004,
      errmsg: expect.stringMatching(/^require subscribe rid: /),
    });
  });

  test("under the same client_msg_id are sent once within ten minutes", async () => {
    const first = await send({ client_msg_id: "order-1" });
    expect(await send({ client_msg_id: "order-1" })).toEqual(first);
    expect(await shown()).toHaveLength(1);
    expect((await send({ client_msg_id: "order-2" }))["msgid"]).not.toBe(first["msgid"]);
    api.now += 600_000;
    expect((await send({ client_msg_id: "order-1" }))["msgid"]).not.toBe(first["msgid"]);
    expect(await shown()).toHaveLength(3);
  });
});

describe("subscription notices", () => {
  const { priTmplId: template_id } = SAMPLE_SUBSCRIBE_TEMPLATE;
  const data = { thing1: { value: "巧克力" }, character_string2: { value: "SF1" } };
  const send = (more: object = {}) =>
    api.post("/cgi-bin/message/subscribe/bizsend", { touser: USER, template_id, data, ...more });
  const decide = (SubscribeStatusString: string, wrapper = "Popup") =>
    api.act({
      action: "event",
      Event: `subscribe_msg_${wrapper.toLowerCase()}_event`,
      fields: {
        [`SubscribeMsg${wrapper}Event`]: { List: { TemplateId: template_id, SubscribeStatusString } },
      },
    });

  test("one for each time that the user agreed, and none after a refusal", async () => {
    expect(await send()).toMatchObject({ errcode: 43101 });
    await decide("accept");
    await decide("accept");
    expect(await send({ page: "http://a" })).toEqual(OK);
    expect(await send()).toEqual(OK);
    expect(await send()).toMatchObject({ errcode: 43101 });
    expect((await shown()).at(0)).toMatchObject({
      via: "subscribe",
      reply: {
        MsgType: "subscribe",
        fields: {
          title: SAMPLE_SUBSCRIBE_TEMPLATE.title,
          template_id,
          url: "http://a",
          rows: {
            item: [
              { name: "商品名称", value: "巧克力" },
              { name: "快递单号", value: "SF1" },
            ],
          },
        },
      },
    });
    await decide("accept");
    await decide("reject", "Change");
    expect(await send()).toMatchObject({ errcode: 43101 });
  });

  test("several decisions in one push", async () => {
    const other = { TemplateId: "x", SubscribeStatusString: "reject" };
    await api.act({
      action: "event",
      Event: "subscribe_msg_popup_event",
      fields: {
        SubscribeMsgPopupEvent: {
          List: [other, { TemplateId: template_id, SubscribeStatusString: "accept" }],
        },
      },
    });
    expect(await send()).toEqual(OK);
  });

  test.each<[string, object, number, string]>([
    ["nobody", { touser: "oNobody" }, 40003, "invalid openid"],
    ["another template", { template_id: "x" }, 40037, "invalid template_id"],
    ["no value", { data: { thing1: { value: "a" } } }, 47003, "data.character_string2.value is emtpy"],
    [
      "a value that is too long",
      { data: { ...data, thing1: { value: "你".repeat(21) } } },
      47003,
      "data.thing1.value invalid",
    ],
  ])("are refused with %s, and the consent stays", async (_, more, errcode, words) => {
    await decide("accept");
    expect(await send(more)).toMatchObject({ errcode, errmsg: expect.stringContaining(words) });
    expect(await send()).toEqual(OK);
  });

  test("have templates that are told, added and deleted", async () => {
    const list = async () => (await api.get("/wxaapi/newtmpl/gettemplate"))["data"];
    expect(await list()).toEqual([SAMPLE_SUBSCRIBE_TEMPLATE]);
    const add = (body: object) => api.post("/wxaapi/newtmpl/addtemplate", body);
    const { priTmplId } = await add({ tid: "401", kidList: [1, 2], sceneDesc: "a" });
    expect(await list()).toContainEqual(
      expect.objectContaining({ priTmplId, content: "关键词 1:{{thing1.DATA}}\n关键词 2:{{thing2.DATA}}\n" }),
    );
    const remove = () => api.post("/wxaapi/newtmpl/deltemplate", { priTmplId });
    expect(await remove()).toEqual(OK);
    expect(await remove()).toMatchObject({ errcode: 40037 });
    expect(await add({ tid: "401", kidList: [1] })).toMatchObject({ errcode: 40097 });
    expect(await add({ kidList: [1, 2] })).toMatchObject({ errcode: 40097 });
  });
});

describe("one-time messages", () => {
  const message = {
    touser: USER,
    template_id: ONE_TIME_TEMPLATE_ID,
    scene: "1000",
    title: "订阅通知",
    url: "http://a",
    data: { content: { value: "您好", color: "#FF0000" } },
  };
  const send = (more: object = {}) =>
    api.post("/cgi-bin/message/template/subscribe", { ...message, ...more });
  const allow = (scene: unknown) => control(api, "POST", "subscriptions", { openid: USER, scene });

  test("one for each scene that the user agreed to, followed or not", async () => {
    expect(await send()).toMatchObject({ errcode: 43101 });
    await allow("1000");
    await allow(1000);
    await allow(1001);
    await api.act({ action: "unfollow" });
    expect(await send()).toEqual(OK);
    expect(await send()).toMatchObject({ errcode: 43101 });
    expect(await send({ scene: 1001 })).toEqual(OK);
    expect((await shown()).at(0)).toMatchObject({
      via: "subscribe",
      reply: {
        MsgType: "subscribe",
        fields: {
          title: "订阅通知",
          url: "http://a",
          rows: { item: [{ name: "", value: "您好", color: "#FF0000" }] },
        },
      },
    });
  });

  test.each<[string, object, number]>([
    ["nobody", { touser: "oNobody" }, 40003],
    ["another template", { template_id: SAMPLE_TEMPLATE.template_id }, 40037],
    ["no scene", { scene: undefined }, 40097],
    ["a scene beyond 10000", { scene: 10_001 }, 40097],
    ["no title", { title: "" }, 45003],
    ["a title of 16 characters", { title: "你".repeat(16) }, 45003],
    ["no content", { data: {} }, 44004],
    ["201 characters", { data: { content: { value: "你".repeat(201) } } }, 45002],
  ])("are refused with %s, and the consent stays", async (_, more, errcode) => {
    await allow("1000");
    expect(await send(more)).toMatchObject({ errcode });
    expect(await send()).toEqual(OK);
  });

  test("an order of consent without openid or scene is refused", async () => {
    for (const body of [{ openid: USER }, { scene: 1 }]) {
      expect((await control(api, "POST", "subscriptions", body))["error"]).toMatch(/ · /);
    }
  });
});

test("what became of a notice, the callback is told by a push", async () => {
  const pushes: string[] = [];
  const app = createSimulator({
    accounts: [
      {
        id: "default",
        kind: "service",
        url: "http://localhost/wechat",
        token: TOKEN,
        appId: APP_ID,
        appSecret: APP_SECRET,
      },
    ],
    fetch: async (request) => {
      pushes.push(await request.text());
      return new Response("success");
    },
  });
  const post = async (path: string, body: object) =>
    objectOf(await app.request(ORIGIN + path, { method: "POST", body: JSON.stringify(body) }));
  const { access_token } = await post("/cgi-bin/stable_token", {
    grant_type: "client_credential",
    appid: APP_ID,
    secret: APP_SECRET,
  });
  const token = `?access_token=${String(access_token)}`;
  await post(`/api/phone/default/${USER}/push`, {
    action: "event",
    Event: "subscribe_msg_popup_event",
    fields: {
      SubscribeMsgPopupEvent: {
        List: { TemplateId: SAMPLE_SUBSCRIBE_TEMPLATE.priTmplId, SubscribeStatusString: "accept" },
      },
    },
  });
  const { msgid } = await post(`/cgi-bin/message/template/send${token}`, {
    touser: USER,
    template_id: SAMPLE_TEMPLATE.template_id,
    data: {},
  });
  await settled();
  await post(`/cgi-bin/message/subscribe/bizsend${token}`, {
    touser: USER,
    template_id: SAMPLE_SUBSCRIBE_TEMPLATE.priTmplId,
    data: { thing1: { value: "a" }, character_string2: { value: "b" } },
  });
  await settled();
  const [, template = "", notice = "", ...more] = pushes;
  expect(more).toEqual([]);
  expect(["Event", "FromUserName", "MsgID", "Status"].map((name) => element(template, name))).toEqual([
    "TEMPLATESENDJOBFINISH",
    USER,
    String(msgid),
    "success",
  ]);
  expect(["Event", "FromUserName", "TemplateId", "ErrorCode"].map((name) => element(notice, name))).toEqual([
    "subscribe_msg_sent_event",
    USER,
    SAMPLE_SUBSCRIBE_TEMPLATE.priTmplId,
    "0",
  ]);
});
