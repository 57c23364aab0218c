import { beforeEach, describe, expect, test } from "vitest";
import { Bot } from "wechat-edge";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import {
  ACCOUNT_NAME,
  AES_KEY,
  cdata,
  element,
  encrypt,
  eventXml,
  type Mode,
  openReply,
  OPENID,
  OTHER_AES_KEY,
  pushRequest,
  pushXml,
  textXml,
  TOKEN,
} from "../support/wechat.ts";

const VARS: Record<Mode, object> = {
  plain: PLAIN,
  compatible: { ...SECURE, WECHAT_MODE: "compatible" },
  secure: SECURE,
};
const MODES: Mode[] = ["plain", "compatible", "secure"];

describe.each(MODES)("a push in %s mode", (mode) => {
  let door: FrontDoor;
  beforeEach(() => {
    door = new FrontDoor(VARS[mode]);
  });

  test("is answered by its handler, addressed back to the user", async () => {
    const { status, plain, body, headers } = await door.push(textXml("你好 <&> 😀"), { mode });
    expect(status).toBe(200);
    expect(body.startsWith("<xml><Encrypt>")).toBe(mode !== "plain");
    expect(headers.get("content-type")).toMatch(/^text\/xml/);
    expect(element(plain, "Content")).toBe("echo: 你好 <&> 😀");
    expect(element(plain, "ToUserName")).toBe(OPENID);
    expect(element(plain, "FromUserName")).toBe(ACCOUNT_NAME);
    expect(element(plain, "MsgType")).toBe("text");
    expect(Math.abs(Number(element(plain, "CreateTime")) - Date.now() / 1000)).toBeLessThan(60);
  });

  test.each([
    "0123",
    " true ",
    "0x1F",
    "1e5",
    "  leading and trailing  ",
    "line\nbreak\r\nand\ttab",
    "]]>",
    "a]]>b]]>",
    "<![CDATA[x",
    "<!DOCTYPE html><b>&amp;&#65;</b>",
    "</Content></xml>",
    "\u0008\u001f control",
    "👨‍👩‍👧‍👦 𠮷 é",
    "__proto__",
    "<Encrypt>fake</Encrypt>",
    "<Encrypt><![CDATA[fake]]></Encrypt>",
  ])("brings the text %j to the handler as it was sent", async (content) => {
    const seen: string[] = [];
    const bot = new Bot();
    bot.on("text", (ctx) => void seen.push(ctx.message.Content));
    await new FrontDoor(VARS[mode], bot).push(textXml(content), { mode });
    expect(seen).toEqual([content]);
  });

  test("that no handler answers gets the bare word success, unsealed", async () => {
    const { status, body } = await door.push(textXml("silent"), { mode });
    expect([status, body]).toEqual([200, "success"]);
  });

  test("that nobody handles is logged as a warning and acknowledged", async () => {
    const { status, body } = await door.push(eventXml("VIEW", { EventKey: "https://example.com" }), { mode });
    expect([status, body]).toEqual([200, "success"]);
    expect(logs.named("push_unhandled")).toMatchObject([{ level: "warn", selector: "event:VIEW" }]);
  });

  test("of a type that no page describes reaches the generic handlers", async () => {
    const bot = new Bot();
    bot.on("event", (ctx) => ctx.reply(`${ctx.message.Event}: ${String(ctx.message["Novelty"])}`));
    const { content } = await new FrontDoor(VARS[mode], bot).push(eventXml("brand_new", { Novelty: "1" }), {
      mode,
    });
    expect(content).toBe("brand_new: 1");
  });

  test("brings ids beyond 2^53 and nested and repeated fields as they are", async () => {
    const seen: unknown[] = [];
    const bot = new Bot();
    bot.on("text", (ctx) => void seen.push(ctx.message.MsgId));
    bot.on("event:pic_sysphoto", (ctx) => void seen.push(ctx.message.SendPicsInfo));
    const other = new FrontDoor(VARS[mode], bot);
    await other.push(textXml("x", { MsgId: "9223372036854775807" }), { mode });
    const picture = (md5: string): string => `<item><PicMd5Sum>${cdata(md5)}</PicMd5Sum></item>`;
    for (const list of [picture("a"), picture("a") + picture("b")]) {
      const SendPicsInfo = { xml: `<Count>1</Count><PicList>${list}</PicList>` };
      await other.push(eventXml("pic_sysphoto", { EventKey: "K", SendPicsInfo }), { mode });
    }
    expect(seen).toEqual([
      "9223372036854775807",
      { Count: "1", PicList: { item: [{ PicMd5Sum: "a" }] } },
      { Count: "1", PicList: { item: [{ PicMd5Sum: "a" }, { PicMd5Sum: "b" }] } },
    ]);
  });
});

describe("the mode comes from the configuration, never from the request", () => {
  test.each([
    ["a plain push to a secure account", "secure", "plain", {}],
    ["a plain push to a compatible account", "compatible", "plain", {}],
    ["an encrypted push without msg_signature", "secure", "secure", { query: { msg_signature: undefined } }],
    ["encrypt_type=raw with a plain body", "secure", "plain", { extraQuery: "&encrypt_type=raw" }],
    ["an encrypted push to a plain account", "plain", "secure", {}],
  ] as const)("%s is refused", async (_name, account, sent, options) => {
    const { status, body } = await new FrontDoor(VARS[account]).push(textXml("hello"), {
      mode: sent,
      ...options,
    });
    expect([status, body]).toEqual([400, "refused"]);
  });

  test("fields beside Encrypt are never believed", async () => {
    const request = pushRequest(textXml("the sealed text"), { mode: "compatible" });
    const body = (await request.text()).replaceAll("the sealed text", "the forged text");
    for (const vars of [VARS.compatible, VARS.secure]) {
      const forged = new Request(request.url, { method: "POST", body });
      expect((await new FrontDoor(vars).fetch(forged)).content).toBe("echo: the sealed text");
    }
  });

  test("encrypt_type decides nothing", async () => {
    const { content } = await new FrontDoor().push(textXml("hello"), { query: { encrypt_type: "raw" } });
    expect(content).toBe("echo: hello");
  });
});

describe("rotation", () => {
  const rotated = {
    ...SECURE,
    WECHAT_ENCODING_AES_KEY: OTHER_AES_KEY,
    WECHAT_PREVIOUS_ENCODING_AES_KEY: AES_KEY,
  };

  test.each([AES_KEY, OTHER_AES_KEY])(
    "a push under either key is answered under the same key",
    async (key) => {
      expect((await new FrontDoor(rotated).push(textXml("hello"), { key })).content).toBe("echo: hello");
    },
  );

  test("the previous token signs the reply to what it signed", async () => {
    const door = new FrontDoor({ ...SECURE, WECHAT_TOKEN: "new-token", WECHAT_PREVIOUS_TOKEN: TOKEN });
    expect((await door.push(textXml("hello"))).content).toBe("echo: hello");
  });

  test("a key that is neither is refused", async () => {
    const { status } = await new FrontDoor(rotated).push(textXml("hello"), { key: "A".repeat(43) });
    expect(status).toBe(400);
  });
});

describe("JSON", () => {
  test("a JSON push is answered in JSON, numbers keep their digits", async () => {
    const seen: unknown[] = [];
    const bot = new Bot();
    bot.on("text", async (ctx) => {
      seen.push(ctx.message.MsgId, ctx.message.CreateTime);
      await ctx.reply(ctx.message.Content);
    });
    const json = `{"ToUserName":"gh_1","FromUserName":"${OPENID}","CreateTime":1714112445,"MsgType":"text","Content":"0123","MsgId":9223372036854775807}`;
    const { plain, headers } = await new FrontDoor(PLAIN, bot).push(json, { mode: "plain" });
    expect(seen).toEqual(["9223372036854775807", "1714112445"]);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(JSON.parse(plain)).toMatchObject({
      ToUserName: OPENID,
      FromUserName: "gh_1",
      MsgType: "text",
      Content: "0123",
    });
  });

  test("a sealed JSON push gets a sealed JSON reply", async () => {
    const json = JSON.stringify({
      ToUserName: "gh_1",
      FromUserName: OPENID,
      CreateTime: 1,
      MsgType: "text",
      Content: "hi",
      MsgId: "1",
    });
    const encrypted = encrypt(json);
    const body = JSON.stringify({ ToUserName: "gh_1", Encrypt: encrypted }).replaceAll("/", "\\/");
    const answer = await new FrontDoor().push(json, { encrypted, body });
    const sealed = JSON.parse(answer.body);
    const asXml = `<Encrypt>${sealed.Encrypt}</Encrypt><MsgSignature>${sealed.MsgSignature}</MsgSignature><TimeStamp>${sealed.TimeStamp}</TimeStamp><Nonce>${sealed.Nonce}</Nonce>`;
    expect(JSON.parse(openReply(asXml))).toMatchObject({ Content: "echo: hi", MsgType: "text" });
  });
});

describe("replies", () => {
  const cases: [words: string, MsgType: string, parts: string[]][] = [
    ["image", "image", ["<Image><MediaId><![CDATA[media-1]]></MediaId></Image>"]],
    ["voice", "voice", ["<Voice><MediaId><![CDATA[media-2]]></MediaId></Voice>"]],
    [
      "video",
      "video",
      [
        "<Video><MediaId><![CDATA[media-3]]></MediaId><Title><![CDATA[T]]></Title><Description><![CDATA[D]]></Description></Video>",
      ],
    ],
    [
      "music",
      "music",
      [
        "<MusicUrl><![CDATA[https://example.com/m.mp3]]></MusicUrl>",
        "<ThumbMediaId><![CDATA[thumb]]></ThumbMediaId>",
      ],
    ],
    ["news", "news", ["<ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[标题 <&>]]></Title>"]],
    ["transfer", "transfer_customer_service", []],
    [
      "transfer to",
      "transfer_customer_service",
      ["<TransInfo><KfAccount><![CDATA[kf1@gh_test]]></KfAccount></TransInfo>"],
    ],
    ["stream", "text", ["<Content><![CDATA[ab]]></Content>"]],
  ];
  test.each(cases)("%s goes out as %s", async (words, type, parts) => {
    const { plain } = await new FrontDoor().push(textXml(words));
    expect(element(plain, "MsgType")).toBe(type);
    for (const part of parts) expect(plain).toContain(part);
  });

  test("raw goes out as it is, sealed like any reply", async () => {
    expect((await new FrontDoor().push(textXml("raw"))).plain).toBe('{"ErrCode":0,"ErrMsg":"ok"}');
    expect((await new FrontDoor(PLAIN).push(textXml("raw"), { mode: "plain" })).body).toBe(
      '{"ErrCode":0,"ErrMsg":"ok"}',
    );
  });

  test("a text over 2,048 bytes is split between two characters; the rest waits for the next message", async () => {
    const door = new FrontDoor();
    const { content: first = "" } = await door.push(textXml("😀".repeat(600)));
    const bytes = new TextEncoder().encode(first).length;
    expect(bytes).toBeLessThanOrEqual(2048);
    expect(bytes).toBeGreaterThan(2044);
    const hint = "\n\n（未完，发送「继续」查看后文）";
    expect(first.endsWith(hint)).toBe(true);
    const { content: rest = "" } = await door.push(textXml("继续"));
    expect(first.slice(0, -hint.length) + rest).toBe(`echo: ${"😀".repeat(600)}`);
  });

  test("two articles to a message are refused with the reason", async () => {
    expect((await new FrontDoor().push(textXml("too much news"))).body).toBe("success");
    expect(logs.named("handler_failed")).toMatchObject([{ code: "reply_too_many_articles" }]);
  });

  test("characters that XML forbids are left out, so that the rest arrives", async () => {
    const bot = new Bot();
    bot.on("text", (ctx) => ctx.reply("a\u0000b\u0008c\uFFFEd\ud83de]]>f\r\n\u4f60"));
    const { content } = await new FrontDoor(SECURE, bot).push(textXml("x"));
    expect(content).toBe("abcd\ufffde]]>f\r\n\u4f60");
  });
});

describe("handlers may fail", () => {
  test.each(["throw", "throw undefined", "reject"])(
    "%s: success, and an error line with the request id",
    async (words) => {
      const answer = await new FrontDoor().push(textXml(words), { headers: { "X-Request-ID": "req-1" } });
      expect([answer.status, answer.body]).toEqual([200, "success"]);
      expect(logs.named("handler_failed")).toMatchObject([{ level: "error", request_id: "req-1" }]);
    },
  );

  test("a reply object that is none: success, and an error line", async () => {
    const bot = new Bot();
    bot.on("text", (ctx) => ctx.reply({ MsgType: "image" } as never));
    expect((await new FrontDoor(SECURE, bot).push(textXml("x"))).body).toBe("success");
    expect(logs.named("answer_failed")).toHaveLength(1);
  });

  test("the account's apology is sent where it has one", async () => {
    const door = new FrontDoor({ ...SECURE, WECHAT_TEXT_APOLOGY: "抱歉，出了点问题" });
    expect((await door.push(textXml("throw"))).content).toBe("抱歉，出了点问题");
    expect(logs.named("handler_failed")).toHaveLength(1);
  });

  test("a reply made before the throw stands", async () => {
    const door = new FrontDoor({ ...SECURE, WECHAT_TEXT_APOLOGY: "sorry" });
    expect((await door.push(textXml("reply then throw"))).content).toBe("said before the fall");
    expect(logs.named("handler_failed")).toHaveLength(1);
  });

  test.each([
    ["hang", "success", undefined],
    ["reply then hang", undefined, "before hanging"],
  ])("%s: answered at the deadline all the same", async (words, body, content) => {
    const door = new FrontDoor({ ...SECURE, REPLY_DEADLINE_MS: "150", WECHAT_LATE_REPLIES: "push" });
    const started = performance.now();
    const answer = await door.push(textXml(words));
    expect(performance.now() - started).toBeLessThan(4_500);
    expect(answer.status).toBe(200);
    if (body) expect(answer.body).toBe(body);
    expect(answer.content).toBe(content);
  });
});

describe("events", () => {
  test.each([
    ["CLICK", { EventKey: "V1" }, "click V1 -"],
    ["CLICK", { EventKey: "V2-42" }, "click V2-42 42"],
    ["subscribe", {}, "welcome"],
    [
      "scancode_push",
      { EventKey: "K", ScanCodeInfo: { xml: "<ScanType>qrcode</ScanType><ScanResult>42</ScanResult>" } },
      "42",
    ],
  ])("%s %o is answered", async (event, fields, content) => {
    expect((await new FrontDoor().push(eventXml(event, fields))).content).toBe(content);
  });

  test("blanks around the keys that decide are layout", async () => {
    const padded = { MsgType: { xml: " <![CDATA[ event ]]>\n" }, Event: { xml: "\n<![CDATA[subscribe]]> " } };
    expect((await new FrontDoor().push(pushXml(padded))).content).toBe("welcome");
  });
});
