/** docs/recipes/assistant.md, carried out, with the simulated model. */
import { describe, expect, test, vi } from "vitest";
import { DEVELOPMENT_MODEL_KEY, MODEL_BASE_PATH, type ModelCall } from "wechat-edge/testing";
import { fastTime } from "../support/fast-time.ts";
import { logs } from "../support/logs.ts";
import bot from "./bots/assistant.ts";
import { SIMULATOR, type Surroundings, WeChat } from "./wechat.ts";

const LABEL = "（内容由 AI 生成）";
const VARS = {
  MODEL_API_KEY: DEVELOPMENT_MODEL_KEY,
  MODEL_BASE_URL: SIMULATOR + MODEL_BASE_PATH,
  MODEL_NAME: "simulated-chat",
};

const assistant = (vars: Surroundings["vars"] = VARS): WeChat<object> => new WeChat(bot, { vars });
const calls = async (wechat: WeChat<object>): Promise<readonly ModelCall[]> =>
  (await wechat.request<{ calls: readonly ModelCall[] }>("/model/control/calls")).calls;

describe("the assistant", () => {
  test("answers questions by the system prompt, with the label", async () => {
    const wechat = assistant();
    await wechat.model({ text: "**玫瑰** 12 元一枝。" });
    expect(await wechat.say("oAnna", "玫瑰多少钱")).toBe(`玫瑰 12 元一枝。\n\n${LABEL}`);
    expect((await calls(wechat))[0]).toMatchObject({
      model: "simulated-chat",
      messages: [
        { role: "system", content: expect.stringContaining("小花花店") },
        { role: "user", content: "玫瑰多少钱" },
      ],
    });
  });

  test("is not asked what the other handlers know: no call, no label", async () => {
    const wechat = assistant();
    expect(await wechat.say("oAnna", "营业时间")).toBe("每天 9:00 到 21:00。");
    expect(await wechat.say("oAnna", "人工")).toBe("transfer_customer_service");
    expect(await calls(wechat)).toEqual([]);
  });

  test("neither hears nor says what must not be said", async () => {
    const wechat = assistant();
    expect(await wechat.say("oAnna", "哪里可以赌博")).toContain("这个话题我无法回答");
    expect(await calls(wechat)).toEqual([]);
    await wechat.model({ text: "我们也可以代开发票。" });
    expect(await wechat.say("oAnna", "还有什么服务")).toBe("抱歉，这部分内容暂时无法显示，请换个话题。");
    expect([logs.named("message_blocked").length, logs.named("reply_blocked").length > 0]).toEqual([1, true]);
  });

  test("says how it is used when somebody follows", async () => {
    const wechat = assistant();
    await wechat.act("oAnna", { action: "unfollow" });
    await wechat.act("oAnna", { action: "follow" });
    expect((await wechat.shown("oAnna")).join("")).toMatch(/重置.*停止.*人工/);
  });

  test("answers twenty questions an hour of one user, and goes on with others", async () => {
    fastTime();
    const wechat = assistant();
    for (let n = 1; n <= 20; n++) expect(await wechat.say("oAnna", `问题 ${n}`)).toContain(LABEL);
    expect(await wechat.say("oAnna", "再问一个")).toBe("你今天问得有点多了，请稍后再来。");
    expect(await wechat.say("oBert", "问题")).toContain(LABEL);
    expect(await calls(wechat)).toHaveLength(21);
  }, 60_000);

  test("that is refused for its region says sorry, and the log what to do", async () => {
    const wechat = assistant();
    await wechat.model({ error: "unsupported_country_region_territory" });
    expect(await wechat.say("oAnna", "你好")).toContain("暂时不可用");
    await vi.waitFor(() =>
      expect(logs.named("model_failed")).toMatchObject([
        { status: 403, hint: expect.stringContaining("MODEL_WORKER") },
      ]),
    );
  });

  test("without a key is not there", async () => {
    expect(await assistant({}).say("oAnna", "你好")).toContain("助手还没有启用");
  });
});
