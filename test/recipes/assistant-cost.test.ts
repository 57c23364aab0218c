/** What a question to the assistant costs, as docs/assistant.md tells it: rows, messages of the queue, calls of the model. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { DEVELOPMENT_MODEL_KEY, MODEL_BASE_PATH, type ModelCall } from "wechat-edge/testing";
import { fastTime } from "../support/fast-time.ts";
import { RowCounter } from "../support/row-counter.ts";
import bot from "./bots/assistant.ts";
import { SIMULATOR, WeChat } from "./wechat.ts";

const LABEL = "（内容由 AI 生成）";

interface Cost {
  readonly rows: number;
  readonly alarms: number;
  readonly messages: number;
  readonly modelCalls: number;
  /** In which the answer came. */
  readonly parts: number;
}

/** What a conversation has cost from its second message on. */
async function costOf(order: object): Promise<Cost> {
  const sendBatch = vi.fn<Queue["sendBatch"]>((messages) => env.JOBS.sendBatch(messages));
  const vars = {
    MODEL_API_KEY: DEVELOPMENT_MODEL_KEY,
    MODEL_BASE_URL: SIMULATOR + MODEL_BASE_PATH,
    MODEL_NAME: "simulated-chat",
    JOBS: { sendBatch },
  };
  const wechat = new WeChat(bot, { vars });
  await wechat.say("oAnna", "营业时间");
  const rows = new RowCounter();
  await rows.start();
  await wechat.model(order);
  await wechat.say("oAnna", "玫瑰多少钱");
  await vi.waitFor(async () => expect((await wechat.shown("oAnna")).join("")).toContain(LABEL), 10_000);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { calls } = await wechat.request<{ calls: readonly ModelCall[] }>("/model/control/calls");
  const parts = (await wechat.shown("oAnna")).length - 1;
  return { parts, ...rows.take(), messages: sendBatch.mock.calls.length, modelCalls: calls.length };
}

describe("a question to the assistant", () => {
  test.each([
    ["that is answered in time", { text: "12 元一枝。" }, 1, 7, 2],
    ["whose answer takes twelve seconds, and is sent", { text: "12 元一枝。", firstByteMs: 12_000 }, 1, 9, 5],
    ["whose answer has three parts, two of them sent", { bytes: 6_000 }, 3, 13, 6],
  ])(
    "%s",
    async (_name, order, parts, rows, alarms) => {
      fastTime(4);
      const cost = await costOf(order);
      expect(cost).toMatchObject({ parts, rows, messages: 0, modelCalls: 1 });
      expect(cost.alarms).toBeLessThanOrEqual(alarms);
    },
    20_000,
  );
});
