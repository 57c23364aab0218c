/** Customer-service messages: every kind, and the typing sign. */
import { beforeEach, describe, expect, test } from "vitest";
import type { CustomerMessage } from "wechat-edge";
import { customerMessageOf } from "../../src/api/calls/customer-service.ts";
import type { Reply } from "../../src/protocol/replies.ts";
import { apiOf, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const SEND = "/cgi-bin/message/custom/send";
const TYPING = "/cgi-bin/message/custom/typing";

beforeEach(async () => {
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "你好" });
});

const JPEG = new Uint8Array([
  0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9,
]);

async function uploaded(): Promise<string> {
  const { media_id } = await apiOf("service").media.upload("image", { content: JPEG, filename: "a.jpg" });
  return media_id;
}

async function last(): Promise<unknown> {
  const { timeline } = await service.phone(OPENID);
  return timeline.at(-1);
}

describe("send", () => {
  test("a string is a text", async () => {
    await apiOf("service").customerService.send(OPENID, "答复 😀");
    expect(await service.calls(SEND)).toMatchObject([
      { body: { touser: OPENID, msgtype: "text", text: { content: "答复 😀" } }, effect: true },
    ]);
    expect(await last()).toMatchObject({
      from: "account",
      via: "customer-service",
      reply: { MsgType: "text", fields: { Content: "答复 😀" } },
    });
  });

  test.each<[string, (mediaId: string) => CustomerMessage]>([
    ["image", (media_id) => ({ msgtype: "image", image: { media_id } })],
    [
      "news",
      () => ({
        msgtype: "news",
        news: {
          articles: [{ title: "标题", url: "https://example.com", picurl: "https://example.com/a.png" }],
        },
      }),
    ],
    [
      "music",
      (thumb_media_id) => ({
        msgtype: "music",
        music: {
          title: "歌",
          musicurl: "https://example.com/a.mp3",
          hqmusicurl: "https://example.com/b.mp3",
          thumb_media_id,
        },
      }),
    ],
    [
      "msgmenu",
      () => ({
        msgtype: "msgmenu",
        msgmenu: { head_content: "满意吗？", list: [{ id: "1", content: "满意" }], tail_content: "谢谢" },
      }),
    ],
    ["mpnewsarticle", () => ({ msgtype: "mpnewsarticle", mpnewsarticle: { article_id: "article-1" } })],
    ["wxcard", () => ({ msgtype: "wxcard", wxcard: { card_id: "card-1" } })],
    [
      "miniprogrampage",
      (thumb_media_id) => ({
        msgtype: "miniprogrampage",
        miniprogrampage: {
          title: "小程序",
          appid: "wx0123456789abcdef",
          pagepath: "pages/index",
          thumb_media_id,
        },
      }),
    ],
  ])("%s reaches the phone, with the members as WeChat names them", async (msgtype, make) => {
    const message = make(await uploaded());
    await apiOf("service").customerService.send(OPENID, message);
    expect((await service.calls(SEND)).map(({ body }) => body)).toEqual([{ touser: OPENID, ...message }]);
    expect(await last()).toMatchObject({ via: "customer-service", reply: { MsgType: msgtype } });
  });

  test("under the name of a customer-service account", async () => {
    await apiOf("service").customerService.send(OPENID, "x", { kfAccount: "kf1@gh_test" });
    expect((await service.calls(SEND))[0]?.body).toMatchObject({
      customservice: { kf_account: "kf1@gh_test" },
    });
  });

  test.each([
    ["", "needs some text"],
    ["字".repeat(683), "2049"],
  ])("a text that WeChat would refuse is not sent", async (content, words) => {
    const sending = apiOf("service").customerService.send(OPENID, content);
    await expect(sending).rejects.toMatchObject({
      name: "ApiInputError",
      message: expect.stringContaining(words),
    });
    expect(await service.calls()).toEqual([]);
  });

  test("2,048 bytes are sent", async () => {
    await apiOf("service").customerService.send(OPENID, `${"字".repeat(682)}ab`);
    expect(await service.calls(SEND)).toMatchObject([{ effect: true }]);
  });

  test("a user who does not exist, a medium that does not exist", async () => {
    const { customerService } = apiOf("service");
    await expect(customerService.send("oNobody", "x")).rejects.toMatchObject({
      errcode: 40003,
      reaction: "recipient",
    });
    const image = { msgtype: "image", image: { media_id: "none" } } as const;
    await expect(customerService.send(OPENID, image)).rejects.toMatchObject({
      errcode: 40007,
      reaction: "input",
    });
  });
});

describe("typing", () => {
  test("shows on the phone, and ends", async () => {
    const { customerService } = apiOf("service");
    await customerService.typing(OPENID);
    expect((await service.phone(OPENID)).typingUntil).toBeGreaterThan(Date.now());
    await customerService.typing(OPENID, "CancelTyping");
    expect((await service.phone(OPENID)).typingUntil).toBeUndefined();
    expect((await service.calls(TYPING)).map(({ body }) => body)).toEqual([
      { touser: OPENID, command: "Typing" },
      { touser: OPENID, command: "CancelTyping" },
    ]);
  });

  test("twice at once is told", async () => {
    const { customerService } = apiOf("service");
    await customerService.typing(OPENID);
    await expect(customerService.typing(OPENID)).rejects.toMatchObject({
      errcode: 45081,
      reaction: "window",
    });
  });
});

describe("the message of a reply", () => {
  test.each<[Reply, CustomerMessage | undefined]>([
    [
      { MsgType: "text", Content: "x" },
      { msgtype: "text", text: { content: "x" } },
    ],
    [
      { MsgType: "image", Image: { MediaId: "m" } },
      { msgtype: "image", image: { media_id: "m" } },
    ],
    [
      { MsgType: "voice", Voice: { MediaId: "m" } },
      { msgtype: "voice", voice: { media_id: "m" } },
    ],
    [
      { MsgType: "video", Video: { MediaId: "m", Title: "t" } },
      { msgtype: "video", video: { media_id: "m", title: "t" } },
    ],
    [
      {
        MsgType: "music",
        Music: { ThumbMediaId: "t", Title: "歌", MusicUrl: "https://a", HQMusicUrl: "https://b" },
      },
      {
        msgtype: "music",
        music: { title: "歌", musicurl: "https://a", hqmusicurl: "https://b", thumb_media_id: "t" },
      },
    ],
    [
      {
        MsgType: "news",
        Articles: [{ Title: "t", Description: "d", PicUrl: "https://p", Url: "https://u" }],
      },
      {
        msgtype: "news",
        news: { articles: [{ title: "t", description: "d", url: "https://u", picurl: "https://p" }] },
      },
    ],
    [{ MsgType: "transfer_customer_service" }, undefined],
    [{ MsgType: "raw", body: "x" }, undefined],
  ])("%o", (reply, message) => {
    expect(customerMessageOf(reply)).toEqual(message);
  });
});
