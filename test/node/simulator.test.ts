/**
 * WeChat's side, checked from outside: a second implementation by node:crypto opens what it sends and writes what it
 * reads, and a real HTTP server is slow and broken in every way that the documents name.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ACCOUNT_CAN,
  type AccountKind,
  type Credentials,
  type Mode,
  MODES,
} from "../../simulator/account.ts";
import { createSimulator } from "../../simulator/app.ts";
import { CATALOGUED } from "../../simulator/catalog.ts";
import {
  ATTEMPT_TIMEOUT_MS,
  checkUrl,
  createPush,
  deliver,
  type Exchange,
  MAX_ATTEMPTS,
  NOTICE,
  pushXml,
  readReply,
  type ReplyReading,
  signedPush,
  signedUrlCheck,
} from "../../simulator/index.ts";
import type { PhoneView } from "../../simulator/timeline.ts";
import {
  ACCOUNT_NAME,
  AES_KEY,
  APP_ID,
  cdata,
  decrypt,
  element,
  encrypt,
  OPENID,
  OTHER_AES_KEY,
  sha1,
  TOKEN,
} from "../support/wechat.ts";
import { type CallbackServer, type Received, startCallbackServer } from "./support/callback-server.ts";

const SECURE: Credentials = { token: TOKEN, encodingAesKey: AES_KEY, appId: APP_ID };
const NOW_MS = 1_714_036_504_000;
const PARTIES = { ToUserName: ACCOUNT_NAME, FromUserName: OPENID };

function credentialsOf(mode: Mode): Credentials {
  return mode === "plain" ? { token: TOKEN } : { ...SECURE, mode };
}

/** Everything that a push's URL says. */
function queryOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

/** Opens a push as a Worker would, by the second implementation. */
function openPush(url: string, body: string): string {
  const { timestamp = "", nonce = "", signature, msg_signature } = queryOf(url);
  expect(signature).toBe(sha1(TOKEN, timestamp, nonce));
  // The last one: a user may have typed another.
  const encrypted = element(body.slice(body.lastIndexOf("<Encrypt>")), "Encrypt") ?? "";
  expect(msg_signature).toBe(sha1(TOKEN, timestamp, nonce, encrypted));
  return decrypt(encrypted);
}

describe("signing and sealing", () => {
  test("reproduces the signature of the official example", async () => {
    const check = await signedUrlCheck({
      token: "AAAAA",
      now: () => NOW_MS,
      nonce: "1514711492",
      echostr: "4375120948345356249",
      url: "https://bot.example.com/wechat?own=1",
    });
    expect(queryOf(check.url)).toEqual({
      own: "1",
      signature: "f464b24fc39322e44b38aa78f5edd27bd1441696",
      timestamp: "1714036504",
      nonce: "1514711492",
      echostr: "4375120948345356249",
    });
  });

  test("seals so that the second implementation opens it, for all 32 lengths of padding", async () => {
    for (let extra = 0; extra < 32; extra++) {
      const push = createPush("text", { ...PARTIES, Content: "a".repeat(extra) });
      const { url, init, plain } = await signedPush(push, SECURE);
      expect(openPush(url, init.body)).toBe(plain);
    }
  });

  test.each([
    "]]>",
    "a]]>]]>b<![CDATA[",
    "<Content>x</Content></xml>",
    "</xml><xml>",
    "<Encrypt><![CDATA[AAAA]]></Encrypt>",
    "& &amp; &#38; \" '",
    "😀🏳️‍🌈 ￥ é \r\n\t",
    "0123",
    " true ",
  ])("carries %j unharmed in every mode", async (Content) => {
    for (const mode of MODES) {
      const push = createPush("text", { ...PARTIES, Content });
      const { url, init } = await signedPush(push, credentialsOf(mode));
      const plain = mode === "plain" ? init.body : openPush(url, init.body);
      expect(element(plain.replaceAll("\n<MsgId>", "<MsgId>"), "MsgId")).toBe(push.MsgId);
      const sections = /<Content>((?:<!\[CDATA\[[\s\S]*?\]\]>)+)<\/Content>\n<MsgId>/.exec(plain)?.[1] ?? "";
      expect([...sections.matchAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g)].map(([, text]) => text).join("")).toBe(
        Content,
      );
    }
  });

  test("leaves out what XML has no place for", () => {
    expect(pushXml(createPush("text", { Content: "a\u0000\u000b\ufffeb\ud800" }))).toContain(
      cdata("ab\ufffd"),
    );
  });

  test("sends the parameters and the outer body of each mode", async () => {
    const push = createPush("text", PARTIES);
    const sent = async (mode: Mode) => signedPush(push, credentialsOf(mode));
    const [plain, compatible, secure] = await Promise.all([
      sent("plain"),
      sent("compatible"),
      sent("secure"),
    ]);
    expect(Object.keys(queryOf(plain.url))).toEqual(["signature", "timestamp", "nonce", "openid"]);
    for (const { url } of [compatible, secure]) {
      expect(Object.keys(queryOf(url))).toEqual([
        "signature",
        "timestamp",
        "nonce",
        "openid",
        "encrypt_type",
        "msg_signature",
      ]);
      expect(queryOf(url)).toMatchObject({ openid: OPENID, encrypt_type: "aes" });
    }
    const names = (xml: string) => [...xml.matchAll(/<(\w+)>/g)].map(([, name]) => name);
    const fields = ["xml", "ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId"];
    expect(names(plain.init.body)).toEqual(fields);
    expect(names(compatible.init.body)).toEqual([...fields, "Encrypt"]);
    expect(names(secure.init.body)).toEqual(["xml", "ToUserName", "Encrypt"]);
    expect(element(secure.init.body, "ToUserName")).toBe(ACCOUNT_NAME);
  });

  test("refuses to seal without a key", async () => {
    await expect(signedPush(createPush("text"), { token: TOKEN, mode: "secure" })).rejects.toThrow(
      RangeError,
    );
  });
});

describe("making pushes", () => {
  test("every push of the catalogue is made with a fresh time, and with an id where messages have one", () => {
    expect(CATALOGUED.length).toBeGreaterThan(60);
    for (const selector of CATALOGUED) {
      const push = createPush(selector, PARTIES, { now: () => NOW_MS });
      const xml = pushXml(push);
      expect(element(xml, "CreateTime")).toBe("1714036504");
      expect(element(xml, "FromUserName")).toBe(OPENID);
      expect(xml.includes("<MsgId>"), selector).toBe(!selector.startsWith("event:"));
    }
  });

  test("ids are whole numbers beyond 2^53 that grow", () => {
    const ids = Array.from({ length: 100 }, () => BigInt(createPush("text").MsgId));
    expect(ids[0]).toBeGreaterThan(2n ** 53n);
    for (const [index, id] of ids.entries()) if (index > 0) expect(id).toBeGreaterThan(ids[index - 1] ?? 0n);
  });

  test("nested and repeated elements stand as WeChat writes them, numbers bare", () => {
    const push = createPush("event:pic_sysphoto", {
      SendPicsInfo: { Count: "2", PicList: { item: [{ PicMd5Sum: "a" }, { PicMd5Sum: "b" }] } },
    });
    expect(pushXml(push)).toContain(
      "<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum><![CDATA[a]]></PicMd5Sum></item>" +
        "<item><PicMd5Sum><![CDATA[b]]></PicMd5Sum></item></PicList></SendPicsInfo>",
    );
  });

  test("a variant has its own fields, and undefined leaves one out", () => {
    const scanned = createPush("event:subscribe", { EventKey: "qrscene_1" }, { variant: "qr-scene" });
    expect(scanned.Ticket).toMatch(/^gQ/);
    expect(pushXml(createPush("event:subscribe", { EventKey: undefined }))).not.toContain("EventKey");
  });

  test("a leaf that is no string, and a name that is no element's, are refused", () => {
    const { MsgType, CreateTime } = createPush("text");
    const base = { ...PARTIES, MsgType, CreateTime };
    const withField = (name: string, value: unknown) => Object.assign({ [name]: value }, base);
    expect(() => pushXml(withField("Content", 5))).toThrow("Content must be a string");
    expect(() => pushXml(withField("a><b", "x"))).toThrow("no name for an element");
  });
});

/** A reply's XML by hand; `undefined` leaves an element out. */
function replyXml(fields: Record<string, string | undefined>): string {
  const all = {
    ToUserName: cdata(OPENID),
    FromUserName: cdata(ACCOUNT_NAME),
    CreateTime: "1714036504",
    ...fields,
  };
  const elements = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`<${name}>${value}</${name}>`],
  );
  return `<xml>${elements.join("")}</xml>`;
}

const TEXT = { MsgType: cdata("text"), Content: cdata("你好") };
const ITEM = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>";

/** A sealed reply by the second implementation. */
function sealed(
  plain: string | Buffer,
  {
    token = TOKEN,
    nonce = "1",
    ...options
  }: Parameters<typeof encrypt>[1] & { token?: string; nonce?: string } = {},
): string {
  const encrypted = encrypt(plain, options);
  const signature = sha1(token, "1714036504", nonce, encrypted);
  return `<xml><Encrypt>${cdata(encrypted)}</Encrypt><MsgSignature>${cdata(signature)}</MsgSignature><TimeStamp>1714036504</TimeStamp><Nonce>${cdata(nonce)}</Nonce></xml>`;
}

function news(count: number, articleCount = String(count)): string {
  return replyXml({ MsgType: cdata("news"), ArticleCount: articleCount, Articles: ITEM.repeat(count) });
}

describe("judging an answer", () => {
  const read = (
    body: string | Buffer,
    mode: Mode = "plain",
    status = 200,
    push = createPush("text", PARTIES),
  ) => readReply(new Response(new Uint8Array(Buffer.from(body)), { status }), push, credentialsOf(mode));

  test.each<[string, string | Buffer, Mode, string]>([
    ["JSON", '{"ToUserName":"x"}', "plain", "json"],
    ["an HTML page", "<!DOCTYPE html><html></html>", "plain", "html"],
    ["a sentence", "thanks", "plain", "not_xml"],
    ["success with a line break", "success\n", "plain", "not_xml"],
    ["Latin-1", Buffer.from("<xml>\xe9</xml>", "latin1"), "plain", "not_utf8"],
    ["an endless answer", "x".repeat(300_000), "plain", "too_large"],
    ["an unclosed element", "<xml><Content>", "plain", "xml_malformed"],
    ["a bare &", replyXml({ ...TEXT, Content: "a & b" }), "plain", "xml_malformed"],
    ["a control character", replyXml({ ...TEXT, Content: cdata("a\u0001") }), "plain", "xml_malformed"],
    ["a stray ]]>", replyXml({ ...TEXT, Content: "<![CDATA[a]]>]]>" }), "plain", "xml_malformed"],
    [
      "names that were not swapped",
      replyXml({ ...TEXT, ToUserName: ACCOUNT_NAME, FromUserName: OPENID }),
      "plain",
      "names_not_swapped",
    ],
    ["another user's name", replyXml({ ...TEXT, ToUserName: "oSomebodyElse" }), "plain", "names_not_swapped"],
    ["no ToUserName", replyXml({ ...TEXT, ToUserName: undefined }), "plain", "field_missing"],
    ["a CreateTime in words", replyXml({ ...TEXT, CreateTime: "now" }), "plain", "create_time"],
    [
      "two MsgTypes",
      replyXml(TEXT).replace("<MsgType>", "<MsgType>news</MsgType><MsgType>"),
      "plain",
      "field_repeated",
    ],
    ["an unknown MsgType", replyXml({ MsgType: "link" }), "plain", "type_unknown"],
    ["a text without Content", replyXml({ MsgType: "text" }), "plain", "field_missing"],
    ["an empty text", replyXml({ ...TEXT, Content: cdata("") }), "plain", "field_missing"],
    ["2049 bytes", replyXml({ ...TEXT, Content: `${"你".repeat(682)}abc` }), "plain", "text_too_long"],
    ["an image without MediaId", replyXml({ MsgType: "image", Image: "" }), "plain", "field_missing"],
    ["a voice without MediaId", replyXml({ MsgType: "voice" }), "plain", "field_missing"],
    [
      "a video without MediaId",
      replyXml({ MsgType: "video", Video: "<Title>t</Title>" }),
      "plain",
      "field_missing",
    ],
    [
      "music without its cover",
      replyXml({ MsgType: "music", Music: "<Title>t</Title>" }),
      "plain",
      "field_missing",
    ],
    [
      "news without articles",
      replyXml({ MsgType: "news", ArticleCount: "0", Articles: "" }),
      "plain",
      "articles_missing",
    ],
    ["news that miscount", news(1, "2"), "plain", "article_count"],
    ["an article without Url", news(1).replace("<Url>u</Url>", ""), "plain", "field_missing"],
    ["a sealed reply in plain mode", sealed(replyXml(TEXT)), "plain", "sealed_in_plain_mode"],
    ["a plain reply in secure mode", replyXml(TEXT), "secure", "not_sealed"],
    ["another token", sealed(replyXml(TEXT), { token: "other" }), "secure", "msg_signature"],
    ["another key", sealed(replyXml(TEXT), { key: OTHER_AES_KEY }), "secure", "padding"],
    ["another app id", sealed(replyXml(TEXT), { appId: "wxother" }), "secure", "app_id"],
    [
      "padding of 0",
      sealed(replyXml(TEXT), { tamper: (plain) => Buffer.concat([plain.subarray(0, -1), Buffer.from([0])]) }),
      "secure",
      "padding",
    ],
    [
      "padding of 33",
      sealed(replyXml(TEXT), {
        tamper: (plain) => Buffer.concat([plain.subarray(0, -1), Buffer.from([33])]),
      }),
      "secure",
      "padding",
    ],
    ["padding to 16 bytes", sealed("a", { tamper: (plain) => padTo16(plain) }), "secure", "padding"],
    [
      "a length that lies",
      sealed(replyXml(TEXT), { tamper: (plain) => withLength(plain, 0xffff_ffff) }),
      "secure",
      "envelope_length",
    ],
    ["no Nonce", sealed(replyXml(TEXT)).replace(/<Nonce>.*<\/Nonce>/, ""), "secure", "envelope_incomplete"],
    ["a ciphertext that is none", sealedAs("%%%%"), "secure", "base64"],
    ["JSON in an envelope", sealed('{"a":1}'), "secure", "json"],
    [
      "unswapped names in an envelope",
      sealed(replyXml({ ...TEXT, ToUserName: "x" })),
      "compatible",
      "names_not_swapped",
    ],
  ])("%s is abnormal", async (_, body, mode, reason) => {
    const reading = await read(body, mode);
    expect(reading).toMatchObject({ kind: "abnormal", reason });
    // In both languages, and with every fact filled in.
    expect(reading.kind === "abnormal" ? reading.fault : "").toMatch(/^[^$]+ · [^$]*[\u4e00-\u9fff][^$]*$/u);
  });

  test.each<[number, string]>([
    [403, "refused"],
    [404, "refused"],
    [503, "refused"],
    [500, "status"],
    [302, "status"],
    [204, "status"],
  ])("status %i is abnormal even with success", async (status, reason) => {
    const body = status === 204 ? null : "success";
    expect(await readReply(new Response(body, { status }), createPush("text"), SECURE)).toMatchObject({
      reason,
    });
  });

  test.each<[string, string, Mode]>([
    ["success", "success", "secure"],
    ["nothing", "", "secure"],
    ["success", "success", "plain"],
  ])("%s is silence", async (_, body, mode) => {
    expect(await read(body, mode)).toEqual({ kind: "silence" });
  });

  test("every type of reply is shown with its fields", async () => {
    const media = "<MediaId><![CDATA[m]]></MediaId>";
    const replies: [Record<string, string>, ReplyReading][] = (
      [
        [TEXT, { Content: "你好" }],
        [{ MsgType: "text", Content: cdata("你".repeat(682)) }, { Content: "你".repeat(682) }],
        [{ MsgType: "image", Image: media }, { Image: { MediaId: "m" } }],
        [{ MsgType: "voice", Voice: media }, { Voice: { MediaId: "m" } }],
        [{ MsgType: "video", Video: `${media}<Title>t</Title>` }, { Video: { MediaId: "m", Title: "t" } }],
        [{ MsgType: "music", Music: "<ThumbMediaId>m</ThumbMediaId>" }, { Music: { ThumbMediaId: "m" } }],
        [{ MsgType: "transfer_customer_service" }, {}],
      ] as const
    ).map(([fields, shown]) => [
      fields,
      {
        kind: "reply",
        reply: { MsgType: fields.MsgType === TEXT.MsgType ? "text" : fields.MsgType, fields: shown },
        plain: replyXml(fields),
        sealed: false,
      },
    ]);
    for (const [fields, reading] of replies) {
      expect(await read(replyXml(fields))).toEqual(reading);
      expect(await read(sealed(replyXml(fields)), "secure")).toEqual({ ...reading, sealed: true });
      expect(await read(replyXml(fields), "compatible")).toEqual(reading);
      expect(await read(sealed(replyXml(fields)), "compatible")).toEqual({ ...reading, sealed: true });
    }
  });

  test("of several articles one is shown after a message, up to eight after an event", async () => {
    const shown = (reading: ReplyReading) => {
      if (reading.kind !== "reply") throw new Error(JSON.stringify(reading));
      return [reading.reply.fields["ArticleCount"], reading.warning !== undefined];
    };
    const event = createPush("event:CLICK", PARTIES);
    expect(shown(await read(news(1)))).toEqual(["1", false]);
    expect(shown(await read(news(3)))).toEqual(["1", true]);
    expect(shown(await read(news(8), "plain", 200, event))).toEqual(["8", false]);
    expect(shown(await read(news(9), "plain", 200, event))).toEqual(["8", true]);
  });

  test("opens what the second implementation seals, for all 32 lengths of padding", async () => {
    for (let extra = 1; extra <= 32; extra++) {
      const plain = replyXml({ ...TEXT, Content: cdata("a".repeat(extra)) });
      expect(await read(sealed(plain), "secure")).toMatchObject({ kind: "reply", plain });
    }
  });
});

function padTo16(plain: Buffer): Buffer {
  const length = plain.length - (plain.at(-1) ?? 0);
  const pad = 16 - (length % 16);
  const padded = Buffer.concat([plain.subarray(0, length), Buffer.alloc(pad, pad)]);
  if (padded.length % 32 === 0) throw new Error("this length does not tell 16 from 32");
  return padded;
}

function withLength(plain: Buffer, length: number): Buffer {
  const changed = Buffer.from(plain);
  changed.writeUInt32BE(length, 16);
  return changed;
}

function sealedAs(encrypted: string): string {
  return `<xml><Encrypt>${encrypted}</Encrypt><MsgSignature>${sha1(TOKEN, "1", "2", encrypted)}</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>`;
}

/** Echoes a text in the mode in which it came. */
function echo({ target, body }: Received): string {
  const isSealed = queryOf(`http://x${target}`)["encrypt_type"] === "aes";
  const plain = isSealed ? openPush(`http://x${target}`, body) : body;
  const fields = {
    ToUserName: cdata(element(plain, "FromUserName") ?? ""),
    FromUserName: cdata(element(plain, "ToUserName") ?? ""),
  };
  const image = element(plain, "MediaId");
  const content = element(plain, "Content") ?? element(plain, "Event") ?? element(plain, "MsgType") ?? "";
  const reply = replyXml(
    element(plain, "MsgType") === "image"
      ? { ...fields, MsgType: "image", Image: `<MediaId>${cdata(image ?? "")}</MediaId>` }
      : { ...fields, MsgType: cdata("text"), Content: cdata(`echo: ${content}`) },
  );
  return isSealed ? sealed(reply) : reply;
}

describe("delivery over real HTTP", () => {
  /** Short enough for a test, and long enough for a busy machine to answer in. */
  const TIMEOUT_MS = 300;
  let server: CallbackServer;
  beforeAll(async () => {
    server = await startCallbackServer((_, response) => response.end("success"));
  });
  afterAll(() => server.close());

  const send = async (options: Partial<Parameters<typeof deliver>[1]> = {}) => {
    const before = server.received.length;
    const push = createPush("text", { ...PARTIES, Content: "hi" });
    const exchange = await deliver(push, { ...SECURE, url: server.url, timeoutMs: 4_000, ...options });
    return { exchange, received: server.received.slice(before) };
  };

  test("waits five seconds, three times, unless told otherwise", () => {
    expect([ATTEMPT_TIMEOUT_MS, MAX_ATTEMPTS]).toEqual([5_000, 3]);
  });

  test.each(MODES)("a reply in %s mode is shown after one request", async (mode) => {
    server.answer = (received, response) => response.end(echo(received));
    const { exchange, received } = await send(credentialsOf(mode));
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({ "content-type": "text/xml", "user-agent": "Mozilla/4.0" });
    expect(exchange).toMatchObject({
      account: "default",
      openid: OPENID,
      type: "text",
      outcome: { kind: "reply", reply: { MsgType: "text", fields: { Content: "echo: hi" } } },
      attempts: [{ number: 1, response: { status: 200 } }],
    });
    expect(exchange.attempts[0]?.response?.plain).toContain("echo: hi");
    expect(exchange.attempts[0]?.request.plain).toContain("<![CDATA[hi]]>");
  });

  test("silence is asked for three times, each request signed anew, the connection cut, the text the same", async () => {
    server.answer = () => {};
    const { exchange, received } = await send({ timeoutMs: TIMEOUT_MS });
    expect(exchange.outcome).toMatchObject({ kind: "notice" });
    expect(exchange.attempts.map(({ reason }) => reason)).toEqual(["timeout", "timeout", "timeout"]);
    expect(received).toHaveLength(3);
    expect(await Promise.all(received.map(({ cut }) => cut))).toEqual([true, true, true]);
    const texts = received.map(({ target, body }) => openPush(`http://x${target}`, body));
    expect(new Set(texts).size).toBe(1);
    expect(new Set(received.map(({ target }) => queryOf(`http://x${target}`)["nonce"])).size).toBe(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(3);
    const [first, second, third] = exchange.attempts.map(({ startedAt }) => startedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(TIMEOUT_MS - 5);
  });

  test("or signed once, if a test wants the same request three times", async () => {
    server.answer = () => {};
    const { received } = await send({ timeoutMs: TIMEOUT_MS, freshStamps: false });
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ target, body }) => target + body)).size).toBe(1);
  });

  test.each([2, 3])("an answer on request %i ends it", async (number) => {
    let seen = 0;
    server.answer = (received, response) => {
      seen++;
      if (seen === number) response.end(echo(received));
    };
    const { exchange, received } = await send({ timeoutMs: TIMEOUT_MS });
    expect(received).toHaveLength(number);
    expect(exchange.outcome.kind).toBe("reply");
  });

  test("a head in time does not save a body that is late", async () => {
    server.answer = (_, response) => {
      response.writeHead(200);
      response.write("suc");
    };
    const { exchange, received } = await send({ timeoutMs: TIMEOUT_MS });
    expect(received).toHaveLength(3);
    expect(exchange.outcome).toMatchObject({ kind: "notice" });
  });

  test.each<[string, number, string, Exchange["outcome"]["kind"]]>([
    ["JSON", 200, "{}", "notice"],
    ["HTML", 200, "<html>", "notice"],
    ["an unsealed reply", 200, replyXml(TEXT), "notice"],
    ["a failure", 500, "error", "notice"],
    ["a redirect", 301, "", "notice"],
    ["a refusal", 403, "refused", "refused"],
    ["success", 200, "success", "silence"],
    ["nothing", 200, "", "silence"],
  ])("%s is not asked for again", async (_, status, body, kind) => {
    server.answer = (_received, response) => {
      response.writeHead(status, status === 301 ? { Location: "/elsewhere" } : {});
      response.end(body);
    };
    const { exchange, received } = await send();
    expect(received).toHaveLength(1);
    expect(exchange.outcome.kind).toBe(kind);
    if (kind !== "silence") expect(exchange.attempts[0]?.fault).toBeDefined();
  });

  test("a dead port and a connection that breaks are named", async () => {
    const dead = await deadUrl();
    expect((await send({ url: dead })).exchange).toMatchObject({
      outcome: { kind: "notice" },
      attempts: [{ reason: "connection_failed", fault: expect.stringContaining("ECONNREFUSED") }],
    });
    server.answer = (_, response) => response.destroy();
    expect((await send()).exchange.attempts).toMatchObject([{ reason: "connection_failed" }]);
  });

  test("a text that is no push can be sent as it is", async () => {
    server.answer = (_, response) => response.end("success");
    const exchange = await deliver("<xml><broken>", { ...SECURE, url: server.url });
    expect(exchange).toMatchObject({ type: "", outcome: { kind: "silence" } });
    expect(openPush(`http://x${server.received.at(-1)?.target}`, server.received.at(-1)?.body ?? "")).toBe(
      "<xml><broken>",
    );
  });

  test.each<[string, (echostr: string) => readonly [number, string | Buffer], string | undefined]>([
    ["echostr itself", (echostr) => [200, echostr], undefined],
    ["a line break behind it", (echostr) => [200, `${echostr}\n`], "blanks or line breaks"],
    ["quotes around it", (echostr) => [200, `"${echostr}"`], "quotes"],
    ["a byte order mark before it", (echostr) => [200, `\ufeff${echostr}`], "byte order mark"],
    ["an HTML page", () => [200, "<html>"], "HTML"],
    ["another text", () => [200, "ok"], "not echostr"],
    ["a redirect", () => [301, ""], "redirects"],
    ["a refusal", () => [403, "refused"], "refused"],
    ["a failure", () => [502, ""], "502"],
  ])("the URL check: %s", async (_, answer, words) => {
    server.answer = ({ target }, response) => {
      const { echostr = "", signature, timestamp = "", nonce = "" } = queryOf(`http://x${target}`);
      expect(signature).toBe(sha1(TOKEN, timestamp, nonce));
      const [status, body] = answer(echostr);
      response.writeHead(status, { Location: "/" });
      response.end(body);
    };
    const check = await checkUrl({ ...SECURE, url: server.url });
    expect(server.received.at(-1)?.method).toBe("GET");
    expect(check.ok).toBe(words === undefined);
    if (!check.ok) expect(check.fault).toContain(words);
  });

  test("the URL check is not repeated", async () => {
    server.answer = () => {};
    const before = server.received.length;
    expect(await checkUrl({ ...SECURE, url: server.url, timeoutMs: TIMEOUT_MS })).toMatchObject({
      reason: "timeout",
    });
    expect(server.received).toHaveLength(before + 1);
  });
});

async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  // What was listened on by TCP has no other form.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/wechat`;
}

describe("the simulator's own HTTP interface", () => {
  let server: CallbackServer;
  let app: ReturnType<typeof createSimulator>;
  beforeAll(async () => {
    server = await startCallbackServer((received, response) => response.end(echo(received)));
    const account = (id: string, kind: AccountKind, mode: Mode) => ({
      id,
      kind,
      url: server.url,
      ...credentialsOf(mode),
    });
    app = createSimulator({
      timeoutMs: 500,
      accounts: [
        account("default", "personal", "secure"),
        account("plain", "test", "plain"),
        account("compatible", "service", "compatible"),
        account("subscription", "subscription", "secure"),
      ],
    });
  });
  afterAll(() => server.close());

  const BASE = "http://localhost:8788";
  const call = async <T>(
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T }> => {
    const response = await app.request(`${BASE}${path}`, {
      headers,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    // What it is, each test says and then looks at.
    return { status: response.status, body: (await response.json()) as T };
  };
  const act = (account: string, openid: string, body: object) =>
    call<Exchange>(`/api/phone/${account}/${openid}/push`, body);
  const phone = async (account: string, openid: string) =>
    (await call<PhoneView>(`/api/phone/${account}/${openid}`)).body;

  test("tells the accounts and what their kind has", async () => {
    const { body } = await call<{ accounts: unknown[] }>("/api/state");
    const { url } = server;
    const all = { menu: true, qr: true };
    expect(body.accounts).toEqual([
      {
        id: "default",
        url,
        mode: "secure",
        kind: "personal",
        appId: APP_ID,
        can: { menu: false, qr: false },
      },
      { id: "plain", url, mode: "plain", kind: "test", can: all },
      { id: "compatible", url, mode: "compatible", kind: "service", appId: APP_ID, can: all },
      {
        id: "subscription",
        url,
        mode: "secure",
        kind: "subscription",
        appId: APP_ID,
        can: { menu: true, qr: false },
      },
    ]);
    expect(JSON.stringify(body)).not.toContain(TOKEN);
    expect(ACCOUNT_CAN["service-unverified"]).toEqual({ menu: true, qr: false });
  });

  test("a phone shows the menu where the account's kind has one", async () => {
    expect((await phone("plain", "o-menu")).menu).toContainEqual({
      name: expect.any(String),
      type: "click",
      key: "V1",
    });
    expect((await phone("default", "o-menu")).menu).toEqual([]);
  });

  test.each<[string, object, string, Record<string, string>]>([
    ["text", { action: "text", Content: "你好" }, "text", { Content: "你好" }],
    [
      "image",
      { action: "image", PicUrl: "https://example.com/a.png", MediaId: "m1" },
      "image",
      { PicUrl: "https://example.com/a.png", MediaId: "m1" },
    ],
    ["voice", { action: "voice", Recognition: "words" }, "voice", { Recognition: "words" }],
    [
      "location",
      { action: "location", Location_X: "-23.1", Location_Y: 113.3, Label: "here" },
      "location",
      { Location_X: "-23.1", Location_Y: "113.3", Label: "here" },
    ],
    ["click", { action: "click", EventKey: "V1" }, "event:CLICK", { EventKey: "V1" }],
    [
      "view",
      { action: "view", EventKey: "https://example.com/" },
      "event:VIEW",
      { EventKey: "https://example.com/" },
    ],
    ["scan", { action: "scan", scene: "42" }, "event:SCAN", { EventKey: "42" }],
    [
      "event",
      { action: "event", Event: "LOCATION", fields: { Latitude: 1.5 } },
      "event:LOCATION",
      { Latitude: "1.5" },
    ],
    [
      "event with dots",
      { action: "event", Event: "scancode_push", fields: { "ScanCodeInfo.ScanResult": "7" } },
      "event:scancode_push",
      { ScanResult: "7" },
    ],
    [
      "event that no catalogue lists",
      { action: "event", Event: "brand_new", fields: { A: "1" } },
      "event:brand_new",
      { A: "1" },
    ],
  ])("%s becomes WeChat's push, and the answer stands on the phone", async (name, body, type, fields) => {
    for (const account of ["plain", "compatible"]) {
      const openid = `o-${name.replaceAll(" ", "-")}`;
      const { status, body: exchange } = await act(account, openid, body);
      expect(status).toBe(200);
      expect(exchange).toMatchObject({ account, openid, type, outcome: { kind: "reply" } });
      const { plain } = exchange.attempts[0]?.request ?? { plain: "" };
      for (const [field, value] of Object.entries(fields)) expect(element(plain, field)).toBe(value);
      expect((await phone(account, openid)).timeline).toMatchObject([
        { from: "user", exchange: exchange.id, push: { FromUserName: openid } },
        { from: "account", exchange: exchange.id, reply: {} },
      ]);
    }
  });

  test("following: welcome, farewell without an answer, silence in between, and codes for both states", async () => {
    const openid = "o-follow";
    expect((await phone("plain", openid)).following).toBe(true);
    expect((await act("plain", openid, { action: "follow" })).status).toBe(409);
    expect((await act("plain", openid, { action: "unfollow" })).body.type).toBe("event:unsubscribe");
    expect(await phone("plain", openid)).toMatchObject({
      following: false,
      timeline: [{ from: "user", action: "unfollow" }],
    });
    expect((await act("plain", openid, { action: "text", Content: "x" })).status).toBe(409);
    const scan = await act("plain", openid, { action: "scan", scene: "door" });
    expect(scan.body.type).toBe("event:subscribe");
    expect(element(scan.body.attempts[0]?.request.plain ?? "", "EventKey")).toBe("qrscene_door");
    expect(element(scan.body.attempts[0]?.request.plain ?? "", "Ticket")).toBeTruthy();
    expect((await phone("plain", openid)).following).toBe(true);
    expect((await act("plain", openid, { action: "scan", scene: "door" })).body.type).toBe("event:SCAN");
    await act("plain", openid, { action: "unfollow" });
    expect((await act("plain", openid, { action: "follow" })).body.outcome).toMatchObject({
      reply: { fields: { Content: "echo: subscribe" } },
    });
    // Another user and another account know nothing of it.
    expect(await phone("plain", "o-other")).toMatchObject({ following: true, timeline: [] });
    expect(await phone("compatible", openid)).toMatchObject({ following: true, timeline: [] });
  });

  test("a picture is served, and a reply by its media id shows it again", async () => {
    const png = `data:image/png;base64,${Buffer.from("not really a picture").toString("base64")}`;
    const { body } = await act("plain", "o-picture", { action: "image", PicUrl: png });
    const { plain } = body.attempts[0]?.request ?? { plain: "" };
    const id = element(plain, "MediaId") ?? "";
    expect(element(plain, "PicUrl")).toBe(`${BASE}/media/${id}`);
    expect(body.outcome).toMatchObject({ reply: { MsgType: "image", fields: { Image: { MediaId: id } } } });
    const served = await app.request(`${BASE}/media/${id}`);
    expect(served.headers.get("content-type")).toBe("image/png");
    expect(await served.text()).toBe("not really a picture");
    const sample = await act("plain", "o-picture", { action: "image" });
    const sampleId = element(sample.body.attempts[0]?.request.plain ?? "", "MediaId") ?? "";
    const picture = await app.request(`${BASE}/media/${sampleId}`);
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
    expect(picture.headers.get("content-security-policy")).toContain("sandbox");
    expect((await app.request(`${BASE}/media/unknown`)).status).toBe(404);
  });

  test("a mode other than the account's is sent as a console that is set otherwise would", async () => {
    server.answer = (_, response) => {
      response.writeHead(403);
      response.end("refused");
    };
    const { body } = await act("plain", "o-mode", { action: "text", Content: "x", mode: "secure" });
    server.answer = (received, response) => response.end(echo(received));
    expect(body.outcome).toMatchObject({ kind: "refused", status: 403 });
    expect(body.attempts[0]?.request.body).toContain("<Encrypt>");
    expect((await phone("plain", "o-mode")).timeline.at(-1)).toMatchObject({
      from: "system",
      text: NOTICE,
      fault: expect.any(String),
    });
    const plain = await act("default", "o-mode", { action: "text", Content: "x", mode: "plain" });
    expect(plain.body.attempts[0]?.request.body).not.toContain("<Encrypt>");
  });

  test("a callback that never answers shows the notice after three requests", async () => {
    server.answer = () => {};
    const { body } = await act("plain", "o-late", { action: "text", Content: "x" });
    server.answer = (received, response) => response.end(echo(received));
    expect(body.attempts).toHaveLength(3);
    expect((await phone("plain", "o-late")).timeline).toMatchObject([
      { from: "user" },
      { from: "system", text: NOTICE },
    ]);
  });

  test.each<[string, string, string, object, number]>([
    ["no such account", "nobody", "o1", { action: "text", Content: "x" }, 404],
    ["no openid", "plain", "o%2F1", { action: "text", Content: "x" }, 400],
    ["no action", "plain", "o1", {}, 400],
    ["another action", "plain", "o1", { action: "dance" }, 400],
    ["a list", "plain", "o1", [], 400],
    ["an inherited name", "plain", "o1", { action: "toString" }, 400],
    ["another mode", "plain", "o1", { action: "text", Content: "x", mode: "safe" }, 400],
    ["no Content", "plain", "o1", { action: "text" }, 400],
    ["a Content that is no text", "plain", "o1", { action: "text", Content: {} }, 400],
    ["a picture that is none", "plain", "o1", { action: "image", PicUrl: "javascript:alert(1)" }, 400],
    ["broken Base64", "plain", "o1", { action: "image", PicUrl: "data:image/png;base64,AAAAA" }, 400],
    [
      "a picture that could run scripts",
      "plain",
      "o1",
      { action: "image", PicUrl: "data:image/svg+xml;base64,AAAA" },
      400,
    ],
    ["a place off the globe", "plain", "o1", { action: "location", Location_X: "91", Location_Y: "0" }, 400],
    [
      "a field with a forbidden name",
      "plain",
      "o1",
      { action: "event", Event: "x", fields: { "a b": "1" } },
      400,
    ],
    [
      "an inherited field",
      "plain",
      "o1",
      { action: "event", Event: "x", fields: { "constructor.x": "1" } },
      400,
    ],
    ["a field that is null", "plain", "o1", { action: "event", Event: "x", fields: { a: null } }, 400],
    ["a menu where there is none", "default", "o1", { action: "click", EventKey: "V1" }, 400],
    ["a scene where there is none", "subscription", "o1", { action: "scan", scene: "1" }, 400],
  ])("refuses %s, and says why", async (_, account, openid, body, status) => {
    const answer = await call<{ error: string }>(`/api/phone/${account}/${openid}/push`, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(/ · .*[\u4e00-\u9fff]/u);
  });

  test("refuses what is no JSON", async () => {
    const response = await app.request(`${BASE}/api/phone/plain/o1/push`, { method: "POST", body: "{" });
    expect(response.status).toBe(400);
  });

  test("checks the URL", async () => {
    server.answer = ({ target }, response) => response.end(queryOf(`http://x${target}`)["echostr"]);
    const good = await call("/api/url-check/default", {});
    server.answer = (received, response) => response.end(echo(received));
    expect(good.body).toMatchObject({ ok: true, durationMs: expect.any(Number) });
    expect((await call("/api/url-check/nobody", {})).status).toBe(404);
  });

  test("answers loopback names only, and no page of another origin", async () => {
    const state = async (url: string, init: RequestInit = {}) => (await app.request(url, init)).status;
    expect(await state("http://127.0.0.1:8788/api/state")).toBe(200);
    expect(await state("http://[::1]:8788/api/state")).toBe(200);
    expect(await state("http://evil.example/api/state")).toBe(403);
    expect(await state("http://192.168.0.2:8788/api/state")).toBe(403);
    const push = `${BASE}/api/phone/plain/o-origin/push`;
    const body = JSON.stringify({ action: "text", Content: "x" });
    const from = (Origin: string) => state(push, { method: "POST", body, headers: { Origin } });
    expect(await from(BASE)).toBe(200);
    for (const origin of ["http://evil.example", "null", "http://localhost:3000", "https://localhost:8788"]) {
      expect(await from(origin)).toBe(403);
    }
  });
});
