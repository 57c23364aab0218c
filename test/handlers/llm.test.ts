/** The assistant, end to end: questions from a phone, a model over HTTP, answers on the phone. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { llm, type LlmOptions } from "wechat-edge/handlers";
import { DEVELOPMENT_MODEL_KEY, sentencesIn, writtenText } from "wechat-edge/testing";
import modelWorker from "../../model-worker/index.ts";
import { fastTime, realPause } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Broken, throwing } from "../support/neighbours.ts";
import { Model } from "../support/model.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf, type Kind } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { deliver } from "../support/wechat-delivery.ts";
import { OPENID, pushXml, textXml } from "../support/wechat.ts";

const model = new Model();
const LABEL = "（内容由 AI 生成）";
const ALWAYS = { DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) } };

function assistant(kind: Kind, options: LlmOptions = {}, vars: object = {}): FrontDoor {
  const bot = new Bot();
  bot.use(llm(options));
  bot.on("text", (ctx) => ctx.reply("no assistant"));
  return new FrontDoor(
    {
      ...platformVars(kind),
      MODEL_API_KEY: DEVELOPMENT_MODEL_KEY,
      MODEL_BASE_URL: model.baseUrl,
      ...ALWAYS,
      ...vars,
    },
    bot,
  );
}

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
const PERSONAL = { appId: appIdOf("personal") };

beforeEach(async () => {
  await model.reset();
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

/** Everything that the phone shows, in order. */
async function shown(passive: string | undefined): Promise<string> {
  return [passive ?? "", ...(await shownTexts(service))].join("\n");
}

/** The first answer is finished, and remembered. */
const answered = (): Promise<void> =>
  vi.waitFor(() => expect(logs.named("job_run")).toMatchObject([{ outcome: "done" }]), 5_000);

describe("a question", () => {
  test("is answered by one call of the model, with the label that the law asks for", async () => {
    await model.set({ text: "花店九点开门。", times: 1 });
    const door = assistant("service", { system: "你是花店客服" });
    expect((await door.push(textXml("几点开门"), TO)).content).toBe(`花店九点开门。\n\n${LABEL}`);
    const [call] = await model.calls();
    expect(call).toMatchObject({
      messages: [
        { role: "system", content: "你是花店客服" },
        { role: "user", content: "几点开门" },
      ],
      stream: true,
    });
    expect(await model.counts()).toMatchObject({ begun: 1 });
  });

  test("is answered readably: no markdown, none of the model's thoughts; the model is reminded of its own words", async () => {
    await model.set({
      text: "**玫瑰**：`12` 元\n\n| 花 | 价 |\n|--|--|\n| 百合 | 8 |",
      reasoning: "tag",
      times: 1,
    });
    const door = assistant("service");
    const { content } = await door.push(textXml("多少钱"), TO);
    expect(content).toContain("玫瑰：12 元");
    expect(content).not.toMatch(/\*\*|\|--|think/);
    await answered();
    await door.push(textXml("再说一遍"), TO);
    const asked = (await model.calls("再说一遍")).at(-1)?.messages;
    expect(asked).toMatchObject([{}, { content: expect.stringMatching(/^\*\*玫瑰\*\*/) }, {}]);
  });

  test("without a key goes to the other handlers", async () => {
    const door = assistant("service", {}, { MODEL_API_KEY: undefined });
    expect((await door.push(textXml("几点开门"), TO)).content).toBe("no assistant");
    expect((await door.push(textXml("重置"), TO)).content).toBe("no assistant");
    expect((await door.push(textXml("停止"), TO)).content).toBe("no assistant");
  });

  test("is remembered with its answer, until a reset word", async () => {
    const door = assistant("service");
    await model.set({ text: "我叫小花。", times: 1 });
    await door.push(textXml("你叫什么"), TO);
    await answered();
    await door.push(textXml("再说一遍"), TO);
    expect((await model.calls("再说一遍")).at(-1)?.messages).toMatchObject([
      { role: "user", content: "你叫什么" },
      { role: "assistant", content: "我叫小花。" },
      { role: "user" },
    ]);
    expect((await door.push(textXml("重置"), TO)).content).toBe("好的，我们重新开始。");
    await door.push(textXml("还记得吗"), TO);
    expect((await model.calls("还记得吗")).at(-1)?.messages).toHaveLength(1);
  });

  test("said in several messages is one question", async () => {
    const door = assistant("service");
    await model.set({ text: "好", times: 0 });
    const answers = await Promise.all(
      ["我想", "订一束花", "明天要"].map((says) => door.push(textXml(says), TO)),
    );
    expect(answers.map(({ content }) => content).filter(Boolean)).toEqual([`好\n\n${LABEL}`]);
    expect((await model.calls()).map(({ messages }) => messages)).toMatchObject([
      [{ content: "我想\n订一束花\n明天要" }],
    ]);
  });

  test("by voice is its recognised text; a picture is seen by a model that sees", async () => {
    const door = assistant("service", { vision: true });
    await door.push(pushXml({ MsgType: "voice", MediaId: "m", Format: "amr", Recognition: "几点关门" }), TO);
    await door.push(pushXml({ MsgType: "image", MediaId: "m", PicUrl: "https://mmbiz.qpic.cn/x" }), TO);
    const said = (await model.calls()).map(
      ({ messages }) => (messages as { content: unknown }[]).at(-1)?.content,
    );
    expect(said).toMatchObject([
      "几点关门",
      [{ type: "image_url", image_url: { url: "https://mmbiz.qpic.cn/x" } }],
    ]);
    const blind = assistant("service");
    const from = { FromUserName: "oOther" };
    const image = pushXml({ MsgType: "image", MediaId: "m", PicUrl: "https://mmbiz.qpic.cn/y", ...from });
    expect((await blind.push(image, TO)).content).toContain("看不懂图片");
    const unheard = pushXml({ MsgType: "voice", MediaId: "m", Format: "amr", ...from });
    expect((await blind.push(unheard, TO)).content).toContain("没听清");
    expect(await model.counts()).toMatchObject({ begun: 2 });
  });
});

describe("a slow answer", () => {
  test("that takes 12 s is held for on an account that can send nothing: WeChat's third request is answered", async () => {
    fastTime();
    const door = assistant("personal", {}, { WECHAT_APP_SECRET: undefined });
    await model.set({ text: "慢慢想出来的", firstByteMs: 1_150, times: 1 });
    const { attempts, answer } = await deliver(door, textXml("难题"), PERSONAL);
    expect([attempts, answer?.content]).toEqual([3, `慢慢想出来的\n\n${LABEL}`]);
    expect(await model.counts()).toMatchObject({ begun: 1 });
  });

  test("that comes piece by piece: what there is answers the push, the rest is sent", async () => {
    fastTime(3);
    const door = assistant("service");
    await model.set({ characters: 400, totalMs: 3_000, times: 1 });
    const { content } = await door.push(textXml("写点什么"), TO);
    expect(sentencesIn(content ?? "").length).toBeGreaterThan(1);
    await vi.waitFor(async () => expect(await shown(content)).toContain(LABEL), 10_000);
    const all = sentencesIn(await shown(content));
    expect(all).toEqual(Array.from(all, (_, index) => index + 1));
    expect(await shown(content)).toContain("全文完");
    expect(await model.counts()).toMatchObject({ begun: 1 });
  });

  test("is ended by 停止: the model's call is cancelled, and nothing of it comes any more", async () => {
    fastTime();
    const door = assistant("service");
    await model.set({ characters: 400, firstByteMs: 600, totalMs: 600, times: 1 });
    const asking = door.push(textXml("写点什么"), TO);
    await vi.waitFor(async () => expect((await model.counts()).begun).toBe(1));
    expect((await door.push(textXml("停止"), TO)).content).toBe("已停止。");
    expect((await asking).content).toBeUndefined();
    await vi.waitFor(async () => expect((await model.calls())[0]?.ended).toBe("cancelled"), 5_000);
    expect(await shownTexts(service)).toEqual([]);
  });

  test("that is longer than a run may take says so, and is not begun again", async () => {
    fastTime(20);
    const door = assistant("service");
    await model.set({ characters: 400, totalMs: 2_500, times: 1 });
    const { content } = await door.push(textXml("写点什么"), TO);
    await vi.waitFor(async () => expect(await shown(content)).toContain("回答中断"), 10_000);
    expect(logs.named("model_failed")).toMatchObject([{ code: "model_stalled" }]);
    expect(await model.counts()).toMatchObject({ begun: 1 });
  }, 20_000);
});

describe("a long answer", () => {
  test("reaches a service account's user whole and in order; for what WeChat does not take, 继续 is said", async () => {
    const door = assistant("service");
    await model.set({ bytes: 20_000, times: 1 });
    let all = (await door.push(textXml("写一篇"), TO)).content ?? "";
    await vi.waitFor(async () => expect(await shownTexts(service)).toHaveLength(5), 10_000);
    all += (await shownTexts(service)).join("\n");
    expect(all.slice(-30)).toContain("继续");
    await service.act(OPENID, { action: "text", Content: "继续" });
    all += (await door.push(textXml("继续"), TO)).content ?? "";
    await vi.waitFor(async () => expect((await shownTexts(service)).join("")).toContain(LABEL), 10_000);
    all += (await shownTexts(service)).slice(5).join("\n");
    const numbers = sentencesIn(all);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
    expect(all).toContain("全文完");
    expect(await model.counts()).toMatchObject({ begun: 1 });
  }, 30_000);

  test("reaches a personal account's user part by part", async () => {
    const door = assistant("personal", {}, { WECHAT_APP_SECRET: undefined });
    await model.set({ bytes: 9_000, times: 1 });
    let all = (await door.push(textXml("写一篇"), PERSONAL)).content ?? "";
    let asked = 0;
    while (!all.includes(LABEL) && asked < 10) {
      expect(all.trimEnd().endsWith("（未完，发送「继续」查看后文）")).toBe(true);
      all += `\n${(await door.push(textXml("继续"), PERSONAL)).content}`;
      asked++;
    }
    expect(asked).toBe(4);
    const numbers = sentencesIn(all);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
    expect(all).toContain("全文完");
  }, 30_000);
});

test("继续 said while the answer is still being written brings the next part, and is no question", async () => {
  fastTime(5);
  const door = assistant("personal", {}, { WECHAT_APP_SECRET: undefined });
  await model.set({ characters: 500, totalMs: 4_200, times: 1 });
  let { answer } = await deliver(door, textXml("写一篇"), PERSONAL);
  let all = answer?.content ?? "";
  for (let asked = 0; asked < 6 && !all.includes(LABEL); asked++) {
    expect(all).toMatch(/（未完，发送「继续」查看后文）$|任意消息查看回复。$/);
    ({ answer } = await deliver(door, textXml("继续"), PERSONAL));
    all += `\n${answer?.content}`;
  }
  const numbers = sentencesIn(all);
  expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
  expect(all).toContain("全文完");
  expect(await model.counts()).toMatchObject({ begun: 1 });
}, 30_000);

describe("a model that misbehaves", () => {
  test.each([
    ["401", { error: "invalid_api_key" }, "暂时不可用", "model_refused"],
    ["429", { error: "rate_limit_exceeded", retryAfterSeconds: 7 }, "有点多", "model_busy"],
    ["an empty answer", { fault: "empty" }, "没有答案", "model_empty"],
    ["a proxy's page", { fault: "gateway" }, "有点多", "model_busy"],
  ] as const)("%s: a polite text, one line in the log, one call", async (_name, fault, text, code) => {
    await model.set({ ...fault, times: 1 });
    expect((await assistant("service").push(textXml("问题"), TO)).content).toContain(text);
    expect(logs.named("model_failed")).toMatchObject([{ code }]);
    expect(await model.counts()).toMatchObject({ begun: 1 });
  });

  test.each(["stall", "reset", "malformed", "end"] as const)(
    "%s in mid-answer: what there is, and that it broke off",
    async (fault) => {
      if (fault === "stall") fastTime(20);
      await model.set({ text: "前半句。后半句。再来一句。还有一句。", fault, afterChunks: 4, times: 1 });
      const door = assistant("service");
      const { content } = await door.push(textXml("问题"), TO);
      await vi.waitFor(async () => expect(await shown(content)).toContain("回答中断"), 10_000);
      expect(await shown(content)).toContain("前半句");
      expect(logs.named("model_failed")).toHaveLength(1);
      expect(await model.counts()).toMatchObject({ begun: 1 });
    },
    20_000,
  );
});

describe("a Worker that dies while the model answers", () => {
  /** Takes the job from the user's object as a Worker does, and never does it. */
  async function taken(user: string) {
    const push = { product: "oa", type: "text", format: "xml" };
    const message = { MsgType: "text", FromUserName: user, ToUserName: "gh", Content: "问题", MsgId: user };
    const key = `m:${user}`;
    const conversation = env.CONVERSATIONS.getByName(`default:${user}`);
    const call = {
      v: 1,
      account: "default",
      user,
      key,
      push: JSON.stringify({ ...push, message }),
      requestId: "r",
      spanId: "s",
      deadline: Date.now() + 4_500,
      patienceMs: 1_000,
    } as const;
    let progress = await conversation.receive(call);
    for (let asked = 0; progress.grant === undefined && asked < 20; asked++) {
      await realPause(50);
      progress = await conversation.ask({ v: 1, key, isLast: false, mayHold: false });
    }
    const { job, lease } = progress.grant ?? { job: "", lease: "" };
    return { conversation, address: { v: 1, key, job, lease } as const };
  }

  test("before its first word: the queue asks the model, and the answer is sent", async () => {
    fastTime(20);
    await service.act("oDead1", { action: "text", Content: "x" });
    await assistant("service").push(textXml("重置", { FromUserName: "oDead1" }), TO);
    await taken("oDead1");
    await vi.waitFor(
      async () => expect((await shownTexts(service, "oDead1")).join("")).toContain(LABEL),
      15_000,
    );
    expect(await model.counts()).toMatchObject({ begun: 1 });
    expect(logs.named("job_lease_expired")).toHaveLength(1);
  }, 20_000);

  /** A run that has said this, and then died. */
  async function diedAfter(user: string, said: string, door = assistant("service")): Promise<void> {
    fastTime(20);
    await service.act(user, { action: "text", Content: "x" });
    await door.push(textXml("重置", { FromUserName: user }), TO);
    const { conversation, address } = await taken(user);
    const reply = JSON.stringify({ MsgType: "text", Content: said });
    await conversation.record({ ...address, changes: [], reply: { n: 1, reply, more: true } });
  }

  test("in the middle: the model is asked to go on, and the user has all of it, once", async () => {
    const whole = writtenText({ bytes: 3_000 });
    const said = whole.slice(0, whole.indexOf("第3句") - 2).trim();
    await model.set({ bytes: 3_000, times: 1 });
    await diedAfter("oDead2", said);
    await vi.waitFor(
      async () => expect((await shownTexts(service, "oDead2")).join("")).toContain(LABEL),
      15_000,
    );
    const all = (await shownTexts(service, "oDead2")).join("\n");
    expect(sentencesIn(all)).toEqual(sentencesIn(whole));
    expect(all).toContain("全文完");
    const calls = await model.calls();
    expect(calls.map(({ messages }) => messages)).toMatchObject([
      [{ content: "问题" }, { role: "assistant", content: said }, { role: "user" }],
    ]);
    expect(logs.named("job_lease_expired")).toHaveLength(1);
  }, 20_000);

  test("in the middle, and the model does not go on: the user is told that it broke off", async () => {
    await model.set({ error: "server_error", times: 0 });
    await diedAfter("oDead3", "前半句。");
    await vi.waitFor(
      async () =>
        expect((await shownTexts(service, "oDead3")).join("")).toMatch(/前半句。.*回答中断.*AI 生成/s),
      15_000,
    );
  }, 20_000);

  test.each([
    ["its last word", "oDead4", `整句。\n\n${LABEL}`],
    ["the word that there is no answer", "oDead5", "抱歉，助手暂时连接不上，请稍后再试。"],
  ])(
    "after %s: nothing more is said, and the model is not asked",
    async (_, user, said) => {
      await diedAfter(user, said);
      await vi.waitFor(
        () => expect(logs.named("job_run")).toMatchObject([{ outcome: "done", attempt: 2 }]),
        15_000,
      );
      expect(await shownTexts(service, user)).toEqual([said]);
      expect(await model.counts()).toMatchObject({ begun: 0 });
    },
    20_000,
  );
});

describe("another Worker", () => {
  test("makes the model's calls where one is bound", async () => {
    const asked: string[] = [];
    const MODEL_WORKER = {
      fetch: (request: Request) => {
        asked.push(new URL(request.url).pathname);
        return modelWorker.fetch(request);
      },
    };
    const door = assistant("service", {}, { MODEL_WORKER });
    expect((await door.push(textXml("问题"), TO)).content).toContain(LABEL);
    expect(asked).toEqual(["/model/v1/chat/completions"]);
  });
});

describe("the model's request", () => {
  /** What is sent to the model under these variables. */
  async function sent(vars: object): Promise<unknown> {
    const bodies: unknown[] = [];
    const MODEL_WORKER = {
      fetch: async (request: Request) => {
        bodies.push({ url: request.url, ...(await request.json<object>()) });
        return new Response("data: [DONE]\n\n");
      },
    };
    const all = { MODEL_BASE_URL: undefined, MODEL_WORKER, ...vars };
    await assistant("service", {}, all).push(textXml("问题"), TO);
    return bodies[0];
  }

  test("tells DeepSeek's models, which are the default, not to think first", async () => {
    expect(await sent({})).toMatchObject({
      url: "https://api.deepseek.com/v1/chat/completions",
      model: "deepseek-v4-flash",
      thinking: { type: "disabled" },
    });
  });

  test("has the members that MODEL_EXTRA names, and those alone", async () => {
    expect(await sent({ MODEL_EXTRA: '{"temperature":0.6}' })).toMatchObject({ temperature: 0.6 });
    expect(await sent({ MODEL_EXTRA: "{}" })).not.toHaveProperty("thinking");
    expect(await sent({ MODEL_BASE_URL: "https://models.acme.io/v1" })).not.toHaveProperty("thinking");
  });
});

describe("caps", () => {
  test("hold for all users of the account by the day; a counter that fails lets the question through", async () => {
    const door = assistant("service", { accountPerDay: 2 });
    const users = ["oA", "oB", "oC", "oD"];
    const answers = await Promise.all(
      users.map(
        async (FromUserName) => (await door.push(textXml("问题", { FromUserName }), TO)).content ?? "",
      ),
    );
    expect(answers.filter((text) => text.includes(LABEL))).toHaveLength(2);
    expect(answers.filter((text) => text.includes("已经用完"))).toHaveLength(2);
    expect(await model.counts()).toMatchObject({ begun: 2 });
    const broken = new Broken(throwing()).namespace;
    const uncounted = assistant("service", { accountPerDay: 2 }, { ACCOUNT_QUOTAS: broken });
    expect((await uncounted.push(textXml("问题", { FromUserName: "oE" }), TO)).content).toContain(LABEL);
    expect(logs.named("question_not_counted")).toHaveLength(1);
  });

  test("hold for each user by the hour, not for those on the list; a refused question costs no call", async () => {
    const door = assistant("service", { caps: { perHour: 2, vip: ["oVip"] } });
    const ask = async (FromUserName: string): Promise<string | undefined> =>
      (await door.push(textXml("问题", { FromUserName }), TO)).content;
    const answers = [await ask("oA"), await ask("oA"), await ask("oA"), await ask("oB")];
    expect(answers.map((text) => text?.includes("问得有点多"))).toEqual([false, false, true, false]);
    for (let n = 0; n < 4; n++) expect(await ask("oVip")).toContain(LABEL);
    expect(await model.counts()).toMatchObject({ begun: 7 });
  }, 20_000);
});
