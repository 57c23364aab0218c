/** Customer-service messages: what is taken, what is shown, when it may be sent, and the sign of typing. */
import { beforeEach, describe, expect, test } from "vitest";
import { control, timelineOf } from "../support/platform-control.ts";
import { objectOf, SimulatedApi, USER } from "../support/simulated-account.ts";

const SEND = "/cgi-bin/message/custom/send";
const TYPING = "/cgi-bin/message/custom/typing";
const MINUTE_MS = 60_000;
const OK = { errcode: 0, errmsg: "ok" };

let api: SimulatedApi;
beforeEach(() => {
  api = new SimulatedApi("service");
});

const say = (Content = "你好") => api.act({ action: "text", Content });
const text = (content: unknown = "a") => ({ touser: USER, msgtype: "text", text: { content } });
const send = (message: object | string = text()) => api.post(SEND, message);
const errcodeOf = async (message: object | string) => (await send(message))["errcode"];

/** A picture that a user sent: its media id may be sent back. */
async function mediaId(): Promise<string> {
  return String((await api.act({ action: "image" }))["MediaId"]);
}

describe("what the phone shows", () => {
  test.each<[string, (id: string) => object, (id: string) => object]>([
    [
      "text",
      () => ({ content: "第一行\n😀 <a href='x'>y</a>" }),
      () => ({ Content: "第一行\n😀 <a href='x'>y</a>" }),
    ],
    ["text", () => ({ content: "你".repeat(682) }), () => ({ Content: "你".repeat(682) })],
    ["image", (media_id) => ({ media_id }), (MediaId) => ({ Image: { MediaId } })],
    ["voice", (media_id) => ({ media_id }), (MediaId) => ({ Voice: { MediaId } })],
    [
      "video",
      (media_id) => ({ media_id, thumb_media_id: media_id, title: "t", description: "d" }),
      (MediaId) => ({ Video: { MediaId, ThumbMediaId: MediaId, Title: "t", Description: "d" } }),
    ],
    [
      "music",
      (thumb_media_id) => ({ musicurl: "http://a/m", hqmusicurl: "http://a/hq", thumb_media_id, title: "t" }),
      (ThumbMediaId) => ({
        Music: { MusicUrl: "http://a/m", HQMusicUrl: "http://a/hq", ThumbMediaId, Title: "t" },
      }),
    ],
    [
      "news",
      () => ({ articles: [{ title: "t", description: "d", url: "http://a", picurl: "http://p" }] }),
      () => ({
        ArticleCount: "1",
        Articles: { item: [{ Title: "t", Description: "d", Url: "http://a", PicUrl: "http://p" }] },
      }),
    ],
    ["mpnews", (media_id) => ({ media_id }), (media_id) => ({ media_id })],
    ["mpnewsarticle", () => ({ article_id: "a1" }), () => ({ article_id: "a1" })],
    [
      "msgmenu",
      () => ({
        head_content: "满意吗",
        list: [
          { id: "101", content: "满意" },
          { id: 102, content: "不满意" },
        ],
        tail_content: "再见",
      }),
      () => ({
        head_content: "满意吗",
        list: {
          item: [
            { id: "101", content: "满意" },
            { id: "102", content: "不满意" },
          ],
        },
        tail_content: "再见",
      }),
    ],
    ["wxcard", () => ({ card_id: "c1" }), () => ({ card_id: "c1" })],
    [
      "miniprogrampage",
      (thumb_media_id) => ({ title: "t", appid: "wx1", pagepath: "pages/a", thumb_media_id }),
      (thumb_media_id) => ({ title: "t", appid: "wx1", pagepath: "pages/a", thumb_media_id }),
    ],
    [
      "link",
      () => ({ title: "t", description: "d", url: "http://a", thumb_url: "http://p" }),
      () => ({ title: "t", description: "d", url: "http://a", thumb_url: "http://p" }),
    ],
  ])("%s", async (msgtype, content, fields) => {
    const id = await mediaId();
    expect(await send({ touser: USER, msgtype, [msgtype]: content(id) })).toEqual(OK);
    const entry = (await timelineOf(api, USER)).at(-1);
    expect(entry).toEqual({
      at: api.now,
      from: "account",
      call: expect.any(String),
      via: "customer-service",
      reply: { MsgType: msgtype, fields: fields(id) },
    });
    const { calls } = await control(api, "GET", "calls");
    expect(calls).toContainEqual(
      expect.objectContaining({ id: entry?.["call"], path: SEND, openid: USER, effect: true }),
    );
  });

  test("escapes of the JSON are shown as they were written, as WeChat does", async () => {
    await say();
    await send(`{"touser":"${USER}","msgtype":"text","text":{"content":"\\u4f60\\\\u597d\\\\\\u0041\\n"}}`);
    const { reply } = (await timelineOf(api, USER)).at(-1) ?? {};
    expect(reply).toEqual({ MsgType: "text", fields: { Content: "\\u4f60\\u597d\\\\u0041\n" } });
  });

  test("an agent's name does not stand in the way", async () => {
    await say();
    expect(await send({ ...text(), customservice: { kf_account: "test1@kftest" } })).toEqual(OK);
  });
});

describe("what is refused, without an effect", () => {
  test.each<[string, object | string, number]>([
    ["nothing", "", 44002],
    ["no JSON", "{", 47001],
    ["a list", "[]", 47001],
    ["nobody", { msgtype: "text", text: { content: "a" } }, 40003],
    ["somebody unknown", { ...text(), touser: "oNobodyKnows" }, 40003],
    ["an openid that is no text", { ...text(), touser: 5 }, 40003],
    ["no type", { touser: USER, text: { content: "a" } }, 40008],
    ["another type", { touser: USER, msgtype: "location", location: {} }, 40008],
    ["an inherited type", { touser: USER, msgtype: "toString" }, 40008],
    ["no content", { touser: USER, msgtype: "text" }, 47001],
    ["an empty text", text(""), 44004],
    ["a text that is a number", text(5), 44004],
    ["2049 bytes", text(`${"你".repeat(682)}abc`), 45002],
    ["an unknown media id", { touser: USER, msgtype: "image", image: { media_id: "m" } }, 40007],
    ["no media id", { touser: USER, msgtype: "voice", voice: {} }, 40007],
    ["no articles", { touser: USER, msgtype: "news", news: { articles: [] } }, 44003],
    ["two articles", { touser: USER, msgtype: "news", news: { articles: [{}, {}] } }, 45008],
    ["a menu without choices", { touser: USER, msgtype: "msgmenu", msgmenu: { head_content: "a" } }, 40097],
    ["a choice without words", { touser: USER, msgtype: "msgmenu", msgmenu: { list: [{ id: "1" }] } }, 40097],
    ["no card", { touser: USER, msgtype: "wxcard", wxcard: {} }, 40097],
    ["no article", { touser: USER, msgtype: "mpnewsarticle", mpnewsarticle: {} }, 40097],
    ["no page", { touser: USER, msgtype: "miniprogrampage", miniprogrampage: { appid: "wx1" } }, 40097],
    ["no song", { touser: USER, msgtype: "music", music: { hqmusicurl: "a" } }, 40097],
    ["a link without an address", { touser: USER, msgtype: "link", link: { title: "t" } }, 40097],
  ])("%s", async (_, message, errcode) => {
    await say();
    const before = await timelineOf(api, USER);
    expect(await errcodeOf(message)).toBe(errcode);
    expect(await timelineOf(api, USER)).toEqual(before);
    // Nothing of the five is used up.
    for (let number = 1; number <= 5; number++) expect(await send()).toEqual(OK);
  });
});

test("bytes that are no UTF-8 are refused", async () => {
  await say();
  const bytes = Buffer.from(`{"touser":"${USER}","msgtype":"text","text":{"content":"\xe9"}}`, "latin1");
  const answer = await api.fetch(SEND, {}, { method: "POST", body: bytes });
  expect(await objectOf(answer)).toMatchObject({ errcode: 47001 });
});

/** What a user does, and what it allows. */
const TRIGGERS: readonly [string, object, number, number][] = [
  ["a text", { action: "text", Content: "a" }, 5, 48 * 60 * MINUTE_MS],
  ["a picture", { action: "image" }, 5, 48 * 60 * MINUTE_MS],
  ["a voice", { action: "voice" }, 5, 48 * 60 * MINUTE_MS],
  ["a place", { action: "location", Location_X: "1", Location_Y: "1" }, 5, 48 * 60 * MINUTE_MS],
  ["a choice", { action: "menu-choice", id: "1", content: "a" }, 5, 48 * 60 * MINUTE_MS],
  ["a tap", { action: "click", EventKey: "V1" }, 3, MINUTE_MS],
  ["a scan by the menu", { action: "scancode_push", EventKey: "S" }, 3, MINUTE_MS],
  ["a scan that waits", { action: "scancode_waitmsg", EventKey: "S" }, 3, MINUTE_MS],
  ["a scan", { action: "scan", scene: "1" }, 3, MINUTE_MS],
];

describe("the window", () => {
  test("somebody who has only followed for long, or nothing at all, cannot be written to", async () => {
    await api.menu();
    expect(await errcodeOf(text())).toBe(45015);
  });

  test.each(TRIGGERS)("%s allows so many messages for so long", async (_, action, messages, ms) => {
    await api.act({ ...action });
    for (let number = 1; number <= messages; number++) expect(await send()).toEqual(OK);
    expect(await errcodeOf(text())).toBe(45047);
    await api.act({ ...action });
    expect(await send()).toEqual(OK);
    api.now += ms - 1;
    expect(await send()).toEqual(OK);
    api.now += 1;
    expect(await errcodeOf(text())).toBe(45015);
  });

  test("following allows three within a minute", async () => {
    await api.act({ action: "unfollow" });
    expect(await errcodeOf(text())).toBe(45015);
    await api.act({ action: "follow" });
    for (let number = 1; number <= 3; number++) expect(await send()).toEqual(OK);
    expect(await errcodeOf(text())).toBe(45047);
    api.now += MINUTE_MS;
    expect(await errcodeOf(text())).toBe(45015);
  });

  test.each<[string, object]>([
    ["a page of the menu", { action: "view", EventKey: "http://a" }],
    ["a picture by the menu", { action: "pic_sysphoto", EventKey: "P" }],
    ["a place by the menu", { action: "location_select", EventKey: "L" }],
    ["a mini program", { action: "view_miniprogram", EventKey: "pages/a" }],
    ["a report of the place", { action: "event", Event: "LOCATION", fields: {} }],
  ])("%s allows nothing", async (_, action) => {
    await api.act({ ...action });
    expect(await errcodeOf(text())).toBe(45015);
  });

  test("a tap after a message adds three, which are used first", async () => {
    await say();
    await api.act({ action: "click", EventKey: "V1" });
    for (let number = 1; number <= 8; number++) expect(await send()).toEqual(OK);
    expect(await errcodeOf(text())).toBe(45047);
    await say();
    await api.act({ action: "click", EventKey: "V1" });
    for (let number = 1; number <= 3; number++) await send();
    api.now += MINUTE_MS;
    for (let number = 1; number <= 5; number++) expect(await send()).toEqual(OK);
    expect(await errcodeOf(text())).toBe(45047);
  });

  test("who has left is out of reach, and stays so until something new is done", async () => {
    await say();
    await api.act({ action: "unfollow" });
    expect(await send()).toMatchObject({
      errcode: 45015,
      errmsg: expect.stringMatching(/^response out of time limit or subscription is canceled rid: /),
    });
  });

  test("one user's window is not another's", async () => {
    await say();
    await api.menu("oOther");
    expect(await errcodeOf({ ...text(), touser: "oOther" })).toBe(45015);
    expect(await send()).toEqual(OK);
  });
});

describe("typing", () => {
  const type = async (command: unknown = "Typing") =>
    (await api.post(TYPING, { touser: USER, command }))["errcode"];
  const until = async () => (await objectOf(await api.request(`/api/phone/default/${USER}`)))["typingUntil"];

  test("is shown for fifteen seconds, and cannot be said twice", async () => {
    await say();
    expect(await type()).toBe(0);
    expect(await until()).toBe(api.now + 15_000);
    expect(await type()).toBe(45081);
    api.now += 15_000;
    expect(await until()).toBeUndefined();
    expect(await type()).toBe(0);
  });

  test("ends with a message, a passive reply or CancelTyping", async () => {
    await say();
    await type();
    await send();
    expect(await until()).toBeUndefined();
    expect(await type()).toBe(0);
    expect(await type("CancelTyping")).toBe(0);
    expect(await until()).toBeUndefined();
    expect(await type()).toBe(0);
  });

  test("is for who had to do with the account within thirty seconds", async () => {
    expect(await type()).toBe(40003);
    await api.menu();
    expect(await type()).toBe(45080);
    await say();
    api.now += 30_001;
    expect(await type()).toBe(45080);
    await send();
    expect(await type()).toBe(0);
    await api.act({ action: "unfollow" });
    expect(await type()).toBe(45080);
  });

  test.each(["typing", "", 5])("knows no command %j", async (command) => {
    await say();
    expect(await type(command)).toBe(45072);
  });
});
