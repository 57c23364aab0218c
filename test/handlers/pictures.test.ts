/** Pictures that a model makes, end to end: a question, a model over HTTP, WeChat's upload, and what the phone shows. */
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { llm, type LlmOptions } from "wechat-edge/handlers";
import { DEVELOPMENT_MODEL_KEY } from "wechat-edge/testing";
import { DataUrls } from "../../src/handlers/pictures/data-urls.ts";
import { pictureUrl } from "../../src/handlers/pictures/picture-address.ts";
import { toBase64 } from "../../src/protocol/bytes.ts";
import { samplePicture } from "../../simulator/sample-media.ts";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Model } from "../support/model.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf, type Kind } from "../support/platform-accounts.ts";
import { element, OPENID, textXml } from "../support/wechat.ts";

const model = new Model();
const service = new Platform("service");
const personal = new Platform("personal");
const TO = { appId: appIdOf("service") };
const PERSONAL = { appId: appIdOf("personal") };
const LABEL = "（内容由 AI 生成）";
const UPLOAD = "/cgi-bin/media/upload";
const HILLS = `${model.origin}/model/pictures/hills.jpg`;
const DATA = `data:image/jpeg;base64,${toBase64(samplePicture())}`;

function assistant(kind: Kind, options: LlmOptions = {}, vars: object = {}): FrontDoor {
  const bot = new Bot();
  // No time is lost over messages that might follow.
  bot.use(llm({ overlap: "queue", ...options }));
  return new FrontDoor(
    {
      ...platformVars(kind),
      MODEL_API_KEY: DEVELOPMENT_MODEL_KEY,
      MODEL_BASE_URL: model.baseUrl,
      ...vars,
    },
    bot,
  );
}

beforeEach(async () => {
  await model.reset();
  await service.reset();
  await personal.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

/** A message as the user reads it: its text, or `image` and the picture's id. */
interface Read {
  readonly type: string;
  readonly says: string;
}

/** What came by customer-service messages, the oldest first. */
async function sent(): Promise<readonly Read[]> {
  const { timeline } = await service.phone(OPENID);
  return timeline
    .filter(({ via }) => via === "customer-service")
    .map(({ reply }) => {
      const { MsgType: type, fields } = Object(reply) as { MsgType: string; fields: Record<string, unknown> };
      const says = type === "image" ? Reflect.get(Object(fields["Image"]), "MediaId") : fields["Content"];
      return { type, says: String(says) };
    });
}

/** Asks, and waits until the run is over: the answer of the push, and all that followed it. */
async function ask(door: FrontDoor, says = "画一幅"): Promise<readonly Read[]> {
  const { plain } = await door.push(textXml(says), TO);
  await vi.waitFor(() => expect(logs.named("job_run")).toMatchObject([{ outcome: "done" }]), 15_000);
  const type = element(plain, "MsgType") ?? "";
  const first = { type, says: element(plain, type === "image" ? "MediaId" : "Content") ?? "" };
  const whole = async (): Promise<readonly Read[]> => [first, ...(await sent())];
  await vi.waitFor(async () => expect((await whole()).at(-1)?.says).toContain(LABEL), 15_000);
  return whole();
}

async function pictureOf({ says }: Read): Promise<Uint8Array> {
  const response = await fetch(`${model.origin}/media/${says}`);
  return new Uint8Array(await response.arrayBuffer());
}

describe("a picture in an answer", () => {
  test.each(["link", "data"] as const)(
    "as a %s is a message where it stands in the text, uploaded once",
    async (picture) => {
      await model.set({ text: "先看图：", picture, times: 1 });
      const all = await ask(assistant("service"));
      expect(all.map(({ type }) => type)).toEqual(["text", "image", "text"]);
      expect([all[0]?.says, all[2]?.says]).toEqual(["先看图：", `画好了。\n\n${LABEL}`]);
      expect(await pictureOf(all[1] ?? { type: "", says: "" })).toEqual(samplePicture());
      expect(await service.calls(UPLOAD)).toMatchObject([{ effect: true }]);
      expect(await model.counts()).toMatchObject({ begun: 1 });
    },
    30_000,
  );

  test("beside the text, as OpenRouter and LiteLLM send it, comes behind it", async () => {
    await model.set({ text: "一座山。", picture: "field", times: 1 });
    const all = await ask(assistant("service"));
    expect(all.map(({ type }) => type)).toEqual(["text", "image", "text"]);
    expect([all[0]?.says, all[2]?.says]).toEqual(["一座山。", LABEL]);
    expect(await pictureOf(all[1] ?? { type: "", says: "" })).toEqual(samplePicture());
  }, 30_000);

  test("that is all of the answer answers the push itself; the label follows it", async () => {
    await model.set({ text: `![山](${HILLS})`, times: 1 });
    const all = await ask(assistant("service"));
    expect(all.map(({ type }) => type)).toEqual(["image", "text"]);
    expect(all[1]?.says).toBe(LABEL);
  }, 30_000);

  test("comes once, when WeChat repeats the push too, and when the answer names it twice", async () => {
    await model.set({ text: `![山](${HILLS})\n\n同一幅：![山](${HILLS})`, times: 1 });
    const door = assistant("service");
    const xml = textXml("画一幅");
    const [{ plain }] = await Promise.all([door.push(xml, TO), door.push(xml, TO)]);
    await vi.waitFor(async () => expect((await sent()).at(-1)?.says).toContain(LABEL), 15_000);
    expect((await door.push(xml, TO)).plain).toContain(`${element(plain, "MediaId")}`);
    expect((await sent()).map(({ type }) => type)).toEqual(["text"]);
    expect(await service.calls(UPLOAD)).toHaveLength(1);
    expect(await model.counts()).toMatchObject({ begun: 1 });
  }, 30_000);

  test("that is one too many becomes a link", async () => {
    const urls = ["hills.jpg", "hills.jpg?2", "moved.jpg"].map(
      (name) => `${model.origin}/model/pictures/${name}`,
    );
    await model.set({ text: urls.map((url, at) => `![图${at}](${url})`).join("\n\n"), times: 1 });
    const all = await ask(assistant("service", { pictures: { max: 2 } }));
    expect(all.map(({ type }) => type)).toEqual(["image", "image", "text"]);
    expect(all[2]?.says).toBe(`<a href="${urls[2]}">图2</a>\n\n${LABEL}`);
    expect(logs.named("picture_not_sent")).toMatchObject([{ reason: "too_many" }]);
  }, 30_000);

  test("that cannot be had costs a try: nobody makes the Worker knock at hundreds of doors", async () => {
    const urls = Array.from({ length: 40 }, (_, n) => `${model.origin}/model/pictures/none-${n}.jpg`);
    await model.set({ text: urls.map((url, at) => `![图${at}](${url})`).join("\n\n"), times: 1 });
    await ask(assistant("service", { pictures: { max: 2 } }));
    const reasons = logs.named("picture_not_sent").map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === "not_found")).toHaveLength(4);
    expect(reasons.filter((reason) => reason === "too_many")).toHaveLength(36);
  }, 30_000);

  test("is followed where it has moved to, and is none in code", async () => {
    const moved = `![山](${model.origin}/model/pictures/moved.jpg)`;
    await model.set({ text: `写法是 \`${moved}\`：\n\n${moved}`, times: 1 });
    const all = await ask(assistant("service"));
    expect(all.map(({ type }) => type)).toEqual(["text", "image", "text"]);
    expect(all[0]?.says).toBe(`写法是 ${moved}：`);
  }, 30_000);

  test("weighs nothing in the memory: the model is reminded of its words, not of the data", async () => {
    await model.set({ text: "看：", picture: "data", times: 1 });
    const door = assistant("service");
    await ask(door);
    await door.push(textXml("再画"), TO);
    const [, answer] = (await model.calls("再画")).at(-1)?.messages ?? [];
    expect(answer).toMatchObject({ content: "看：\n\n![远山和太阳](data:image/jpeg#1)\n\n画好了。" });
  }, 30_000);
});

describe("a picture that cannot be sent becomes its link, in a text that is whole", () => {
  const shown = (address: string): string => `前面。\n\n<a href="${address}">图</a>\n\n后面。\n\n${LABEL}`;

  test.each([
    ["larger than WeChat takes", "large.jpg", "too_large"],
    ["a web page", "page.jpg", "not_a_picture"],
    ["of another format than it says", "webp.jpg", "format_not_taken"],
    ["not there", "missing.jpg", "not_found"],
    ["led into a private network", "inward.jpg", "address_not_public"],
    ["never there whole", "stalled.jpg", "timed_out"],
  ])(
    "%s",
    async (_name, file, reason) => {
      const address = `${model.origin}/model/pictures/${file}`;
      await model.set({ text: `前面。\n\n![图](${address})\n\n后面。`, times: 1 });
      const all = await ask(
        assistant("service", { pictures: { timeoutMs: file === "stalled.jpg" ? 500 : 10_000 } }),
      );
      expect(all).toEqual([{ type: "text", says: shown(address) }]);
      expect(logs.named("picture_not_sent")).toMatchObject([{ reason }]);
      expect(await service.calls(UPLOAD)).toEqual([]);
      expect(await model.counts()).toMatchObject({ begun: 1 });
      expect(logs.text).not.toContain(file);
    },
    30_000,
  );

  test("nobody answers there", async () => {
    const [origin, address] = ["http://localhost:9", "http://localhost:9/a.png"];
    await model.set({ text: `前面。\n\n![图](${address})\n\n后面。`, times: 1 });
    const all = await ask(assistant("service", { pictures: { from: [origin] } }));
    expect(all).toEqual([{ type: "text", says: shown(address) }]);
    expect(logs.named("picture_not_sent")).toMatchObject([{ reason: "failed" }]);
  }, 30_000);

  test("and does not keep the text before it from being in time", async () => {
    fastTime(10);
    const address = `${model.origin}/model/pictures/stalled.jpg`;
    await model.set({ text: `前面。\n\n![图](${address})\n\n后面。`, times: 1 });
    const all = await ask(assistant("service", { pictures: { timeoutMs: 9_000 } }));
    expect(all.map(({ says }) => says)).toEqual(["前面。", shown(address).replace("前面。\n\n", "")]);
    expect(logs.named("picture_not_sent")).toMatchObject([{ reason: "timed_out" }]);
  }, 30_000);

  test.each([48001, 45009, 40005])(
    "when WeChat answers the upload with %s",
    async (errcode) => {
      await service.fault({ kind: "errcode", path: UPLOAD, errcode, times: 5 });
      await model.set({ text: `前面。\n\n![图](${HILLS})\n\n后面。`, times: 1 });
      expect(await ask(assistant("service"))).toEqual([{ type: "text", says: shown(HILLS) }]);
      expect(logs.named("picture_not_sent")).toMatchObject([{ reason: "failed", code: "api_refused" }]);
      expect(await model.counts()).toMatchObject({ begun: 1 });
    },
    30_000,
  );

  test.each([
    ["where it is switched off", { pictures: false }, {}],
    ["where nothing can follow the answer", {}, { WECHAT_LATE_REPLIES: "hold,mailbox" }],
    ["where the account has no API", {}, { WECHAT_APP_SECRET: undefined }],
  ] as const)("%s", async (_name, options, vars) => {
    await model.set({ text: `前面。\n\n![图](${HILLS})\n\n后面。`, times: 1 });
    const { content } = await assistant("service", options, vars).push(textXml("画一幅"), TO);
    expect(content).toBe(shown(HILLS));
    expect(await service.calls(UPLOAD)).toEqual([]);
  });

  test("on a personal account, in one message; of one that came as data the words are left", async () => {
    const door = assistant("personal");
    await model.set({ text: `前面。\n\n![图](${HILLS})\n\n后面。`, times: 1 });
    expect((await door.push(textXml("画一幅"), PERSONAL)).content).toBe(shown(HILLS));
    await model.set({ text: `前面。\n\n![远山](${DATA})\n\n后面。`, times: 1 });
    const { content } = await door.push(textXml("再画一幅"), PERSONAL);
    expect(content).toBe(`前面。\n\n远山（图片无法在这里显示）\n\n后面。\n\n${LABEL}`);
    await model.set({ text: "山。", picture: "field", times: 1 });
    const beside = await door.push(textXml("第三幅"), PERSONAL);
    expect(beside.content).toBe(`山。\n\n（图片无法在这里显示）\n\n${LABEL}`);
    expect(await personal.calls(UPLOAD)).toEqual([]);
  }, 30_000);

  test("when its data is no picture, or too much", async () => {
    const door = assistant("service", { pictures: { maxBytes: 1_000 } });
    await model.set({ text: `![甲](data:image/png;base64,AAAA)\n\n![乙](${DATA})`, times: 1 });
    const all = await ask(door);
    expect(all).toEqual([
      { type: "text", says: `甲（图片无法在这里显示）\n\n乙（图片无法在这里显示）\n\n${LABEL}` },
    ]);
    expect(logs.named("picture_not_sent")).toMatchObject([
      { reason: "format_not_taken" },
      { reason: "too_large" },
    ]);
  }, 30_000);
});

describe("the parts it is made of", () => {
  test.each([
    ["https://cdn.example.com/a.png", true],
    ["https://oss-cn-beijing.aliyuncs.com/a.png?Expires=1&Signature=x%2F", true],
    ["http://cdn.example.com/a.png", false],
    ["https://localhost/a.png", false],
    ["https://printer.local/a.png", false],
    ["https://router/a.png", false],
    ["https://metadata.google.internal/a.png", false],
    ["https://192.168.0.1/a.png", false],
    ["https://0x7f.1/a.png", false],
    ["https://2130706433/a.png", false],
    ["https://169.254.169.254/latest", false],
    ["https://[::1]/a.png", false],
    ["https://[::ffff:10.0.0.1]/a.png", false],
    ["https://user:word@cdn.example.com/a.png", false],
    ["http://localhost:8788/a.png", true],
    ["http://localhost:8789/a.png", false],
    ["ftp://cdn.example.com/a.png", false],
    ["https://localhost../a.png", false],
    ["no address", false],
  ])("%s may be fetched: %s", (address, isAllowed) => {
    expect(pictureUrl(address, ["http://localhost:8788"]) !== undefined).toBe(isAllowed);
  });

  test("data is taken out of a text wherever that is cut into pieces", () => {
    const words = fc.constantFrom(
      "字",
      "d",
      "data:",
      "data:image/",
      "![图](",
      ")",
      ";base64,",
      "\n\n",
      DATA.slice(0, 64),
    );
    fc.assert(
      fc.property(
        fc.array(words),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (said, cuts) => {
          const text = `${said.join("")}![a](data:image/png;base64,iVBORw0KGgo=)${said.join("")}`;
          const [whole, pieced] = [new DataUrls(9, 10_000), new DataUrls(9, 10_000)];
          const expected = whole.push(text) + whole.end();
          let got = "";
          for (let at = 0, n = 0; at < text.length; n++) {
            const length = cuts[n % cuts.length] ?? 1;
            got += pieced.push(text.slice(at, at + length));
            at += length;
          }
          expect(got + pieced.end()).toBe(expected);
          expect(expected).not.toContain("iVBORw0KGgo");
          for (const [address] of expected.matchAll(/data:image\/[a-z]+#\d+/g)) {
            expect(pieced.bytesOf(address)).toEqual(whole.bytesOf(address));
          }
        },
      ),
    );
  });
});
