/** What phones can do besides talking, how they hear of news, and a simulator that lives in memory. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import { createPush, createSimulator, readReply } from "../../../simulator/index.ts";
import { APP_ID, TOKEN } from "../../support/wechat.ts";
import { control } from "../support/platform-control.ts";
import { freePorts } from "../support/ports.ts";
import { APP_SECRET, objectOf, ORIGIN, SimulatedApi, USER } from "../support/simulated-account.ts";

let api: SimulatedApi;
beforeEach(() => {
  api = new SimulatedApi("service");
});

describe("what a user does becomes WeChat's push", () => {
  test.each<[object, object]>([
    [
      { action: "scancode_push", EventKey: "S" },
      { Event: "scancode_push", EventKey: "S", ScanCodeInfo: { ScanType: expect.any(String) } },
    ],
    [
      { action: "scancode_waitmsg", EventKey: "S", ScanResult: "42" },
      { Event: "scancode_waitmsg", ScanCodeInfo: { ScanType: "qrcode", ScanResult: "42" } },
    ],
    [
      { action: "pic_sysphoto", EventKey: "P" },
      { Event: "pic_sysphoto", EventKey: "P", SendPicsInfo: { Count: expect.any(String) } },
    ],
    [
      { action: "pic_photo_or_album", EventKey: "P" },
      { Event: "pic_photo_or_album", EventKey: "P" },
    ],
    [
      { action: "pic_weixin", EventKey: "P" },
      { Event: "pic_weixin", EventKey: "P" },
    ],
    [
      { action: "location_select", EventKey: "L" },
      { Event: "location_select", EventKey: "L", SendLocationInfo: { Label: expect.any(String) } },
    ],
    [
      { action: "view_miniprogram", EventKey: "pages/a" },
      { Event: "view_miniprogram", EventKey: "pages/a" },
    ],
    [
      { action: "menu-choice", id: "101", content: "满意" },
      { MsgType: "text", Content: "满意", bizmsgmenuid: "101" },
    ],
  ])("%o", async (action, push) => {
    expect(await api.act({ ...action })).toMatchObject({ FromUserName: USER, ...push });
  });

  test("a code of the account's is scanned by its ticket", async () => {
    const { ticket } = await api.post("/cgi-bin/qrcode/create", {
      expire_seconds: 60,
      action_name: "QR_STR_SCENE",
      action_info: { scene: { scene_str: "door" } },
    });
    expect(await api.act({ action: "scan", ticket })).toMatchObject({
      Event: "SCAN",
      EventKey: "door",
      Ticket: ticket,
    });
    await api.act({ action: "unfollow" });
    expect(await api.act({ action: "scan", ticket })).toMatchObject({
      Event: "subscribe",
      EventKey: "qrscene_door",
      Ticket: ticket,
    });
    api.now += 60_000;
    await expect(api.act({ action: "scan", ticket })).rejects.toThrow("expired");
    await expect(api.act({ action: "scan", ticket: "x" })).rejects.toThrow("no code");
  });

  test.each([
    [{ action: "scancode_push" }, "EventKey is missing"],
    [{ action: "menu-choice", id: "1" }, "content is missing"],
    [{ action: "menu-choice", content: "a" }, "id is missing"],
    [{ action: "scan" }, "scene is missing"],
  ])("%o is refused", async (action, words) => {
    await expect(api.act(action)).rejects.toThrow(words);
  });

  test("where there is no menu, nothing of it can be tapped", async () => {
    api = new SimulatedApi("personal");
    for (const action of ["scancode_push", "pic_weixin", "location_select", "view_miniprogram"]) {
      await expect(api.act({ action, EventKey: "x" })).rejects.toThrow("has no menu");
    }
    expect(await api.act({ action: "menu-choice", id: "1", content: "a" })).toMatchObject({ Content: "a" });
  });
});

test("a reset makes an account what it was", async () => {
  await api.act({ action: "text", Content: "a" });
  await api.post("/cgi-bin/tags/create", { tag: { name: "t" } });
  await control(api, "POST", "faults", { kind: "reset", path: "/x" });
  await control(api, "POST", "ip-list", { allowed: [] });
  await control(api, "POST", "kind", { kind: "personal" });
  await control(api, "POST", "reset", {});
  expect((await control(api, "GET", "calls"))["calls"]).toEqual([]);
  expect(await control(api, "GET", "faults")).toEqual({ faults: [] });
  expect(await objectOf(await api.request(`/api/phone/default/${USER}`))).toMatchObject({ timeline: [] });
  expect((await api.get("/cgi-bin/tags/get"))["tags"]).toHaveLength(1);
});

describe("a simulator in memory", () => {
  const account = {
    id: "default",
    kind: "service",
    url: "https://bot.example.com/wechat",
    token: TOKEN,
    appId: APP_ID,
    appSecret: APP_SECRET,
  } as const;

  test("is WeChat at both ends: pushes go to the handler, and its calls come back", async () => {
    const simulator = createSimulator({
      accounts: [account],
      fetch: async () => {
        const query = `grant_type=client_credential&appid=${APP_ID}&secret=${APP_SECRET}`;
        const answer = await simulator.fetch(new Request(`https://api.weixin.qq.com/cgi-bin/token?${query}`));
        const { access_token } = await objectOf(answer);
        await simulator.fetch(
          new Request(
            `https://api.weixin.qq.com/cgi-bin/message/custom/send?access_token=${String(access_token)}`,
            {
              method: "POST",
              body: JSON.stringify({ touser: USER, msgtype: "text", text: { content: "later" } }),
            },
          ),
        );
        return new Response("success");
      },
    });
    await simulator.request(`${ORIGIN}/api/phone/default/${USER}/push`, {
      method: "POST",
      body: JSON.stringify({ action: "text", Content: "hi" }),
    });
    const phone = await objectOf(await simulator.request(`${ORIGIN}/api/phone/default/${USER}`));
    expect(phone["timeline"]).toMatchObject([
      { from: "user", push: { Content: "hi" } },
      { from: "account", via: "customer-service", reply: { fields: { Content: "later" } } },
    ]);
    expect(await readReply(new Response("success"), createPush("text"), account)).toEqual({
      kind: "silence",
    });
  });

  test.each([
    ["https://api.weixin.qq.com/cgi-bin/getcallbackip", 200],
    ["https://api2.weixin.qq.com/cgi-bin/getcallbackip", 200],
    ["https://sh.api.weixin.qq.com/cgi-bin/getcallbackip", 200],
    ["https://api.weixin.qq.com/api/state", 403],
    ["https://api.weixin.qq.com.evil.example/cgi-bin/getcallbackip", 403],
    ["https://evilapi.weixin.qq.com/cgi-bin/getcallbackip", 403],
    ["http://192.168.0.2:8788/cgi-bin/getcallbackip", 403],
    ["http://localhost:8788/cgi-bin/getcallbackip", 200],
  ])("%s is answered with %i", async (url, status) => {
    expect((await createSimulator({ accounts: [account] }).request(url)).status).toBe(status);
  });

  test("WeChat's own paths do not ask where a page is from; the simulator's do", async () => {
    const app = createSimulator({ accounts: [account] });
    const from = async (path: string) =>
      (
        await app.request(ORIGIN + path, {
          method: "POST",
          body: "{}",
          headers: { Origin: "http://localhost:8787" },
        })
      ).status;
    expect(await from("/cgi-bin/stable_token")).toBe(200);
    expect(await from("/api/platform/default/reset")).toBe(403);
  });

  test("an EncodingAESKey of another length is refused at once", () => {
    expect(() => createSimulator({ accounts: [{ ...account, encodingAesKey: "short" }] })).toThrow(
      RangeError,
    );
  });
});

describe("news", () => {
  let server: SimulatorServer;
  beforeAll(async () => {
    const account = { kind: "service", url: "http://localhost:9/wechat", token: TOKEN } as const;
    server = await serveSimulator(
      {
        accounts: [
          { ...account, id: "default", appId: APP_ID, appSecret: APP_SECRET },
          { ...account, id: "other" },
        ],
      },
      await freePorts(),
    );
  });
  afterAll(() => server.close());

  const post = async (path: string, body: object) =>
    objectOf(await fetch(server.url + path, { method: "POST", body: JSON.stringify(body) }));

  /** What a listener hears while something happens. */
  async function heardDuring(happening: () => Promise<unknown>): Promise<readonly object[]> {
    const client = new AbortController();
    const response = await fetch(`${server.url}/api/events`, { signal: client.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    let text = "";
    const reading = (async () => {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
    })().catch(() => undefined);
    await happening();
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    client.abort();
    await reading;
    return text.split("\n").flatMap((line) => {
      const [, data] = /^data: (.+)$/.exec(line) ?? [];
      return data === undefined ? [] : [JSON.parse(data) as object];
    });
  }

  test("a push and its answer, a message, typing, a tag", async () => {
    const phone = { account: "default", openid: USER };
    const push = () => post(`/api/phone/default/${USER}/push`, { action: "text", Content: "a" });
    expect(await heardDuring(push)).toEqual([phone, phone]);
    const { access_token } = await post("/cgi-bin/stable_token", {
      grant_type: "client_credential",
      appid: APP_ID,
      secret: APP_SECRET,
    });
    const token = `?access_token=${String(access_token)}`;
    const message = { touser: USER, msgtype: "text", text: { content: "a" } };
    expect(await heardDuring(() => post(`/cgi-bin/message/custom/send${token}`, message))).toEqual([phone]);
    const typing = { touser: USER, command: "Typing" };
    expect(await heardDuring(() => post(`/cgi-bin/message/custom/typing${token}`, typing))).toEqual([phone]);
    const tagged = { tagid: 2, openid_list: [USER] };
    expect(await heardDuring(() => post(`/cgi-bin/tags/members/batchtagging${token}`, tagged))).toEqual([
      phone,
    ]);
  });

  test("a kind, a menu, a code and a reset are everybody's", async () => {
    const account = { account: "default" };
    expect(await heardDuring(() => post("/api/platform/default/kind", { kind: "test" }))).toEqual([account]);
    const { access_token } = await post("/cgi-bin/stable_token", {
      grant_type: "client_credential",
      appid: APP_ID,
      secret: APP_SECRET,
    });
    const token = `?access_token=${String(access_token)}`;
    const menu = { button: [{ name: "a", type: "click", key: "A" }] };
    expect(await heardDuring(() => post(`/cgi-bin/menu/create${token}`, menu))).toEqual([account]);
    const code = { action_name: "QR_SCENE", action_info: { scene: { scene_id: 1 } } };
    expect(await heardDuring(() => post(`/cgi-bin/qrcode/create${token}`, code))).toEqual([account]);
    expect(await heardDuring(() => post("/api/platform/default/reset", {}))).toEqual([account]);
    expect(await heardDuring(() => post("/api/platform/other/reset", {}))).toEqual([{ account: "other" }]);
  });

  test("what is refused is no news", async () => {
    expect(await heardDuring(() => post("/cgi-bin/message/custom/send?access_token=x", {}))).toEqual([]);
  });
});
