/** `npm start -- --model`: the assistant of the example bot answers, without an account and without a key. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { offeredModel } from "../../cli/simulated-model.ts";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import type { Exchange } from "../../simulator/exchange.ts";
import { freePorts } from "./support/ports.ts";
import { start, type Started } from "./support/started.ts";

const START = join(PACKAGE_ROOT, "cli", "start.ts");
const SIMULATOR = "http://localhost:8788";

describe("npm start -- --model", () => {
  let port: number;
  let started: Started;
  beforeAll(async () => {
    port = await freePorts();
    started = start("node", [START, "--port", String(port), "--model"], { cwd: PACKAGE_ROOT, env: {} });
    await started.says("is up · 已启动");
  });
  afterAll(() => started.child.kill("SIGTERM"));

  // Sessions, and with them the counts, outlive a run of npm start.
  const user = `oModel${Date.now()}`;
  const say = async (Content: string): Promise<string> => {
    const response = await fetch(`http://localhost:${port + 1}/api/phone/default/${user}/push`, {
      method: "POST",
      body: JSON.stringify({ action: "text", Content }),
    });
    const { outcome }: Exchange = await response.json();
    return JSON.stringify(outcome);
  };

  test("says so in one line", () => {
    const lines = started.output().split("\n");
    expect(lines.filter((line) => line.includes("大模型"))).toHaveLength(1);
    expect(started.output()).not.toMatch(/warn|error/i);
  });

  test("the model answers what the other handlers do not, with the label; they come first", async () => {
    expect(await say("今天过得怎么样")).toMatch(/今天过得怎么样.*内容由 AI 生成/);
    expect(await say("次数")).toContain("这是你的第 2 条消息。");
  });

  test("the page is told to show its switches", async () => {
    const state: { hasModel: boolean } = await (await fetch(`http://localhost:${port + 1}/api/state`)).json();
    expect(state.hasModel).toBe(true);
  });
});

describe("which model it is", () => {
  test("none, unless one is asked for: then the simulator's, with all that the Worker needs", () => {
    expect(offeredModel(false, {}, SIMULATOR)).toMatchObject({ isSimulated: false, variables: {} });
    expect(offeredModel(false, {}, SIMULATOR).line).toContain("npm start -- --model");
    expect(offeredModel(true, {}, SIMULATOR)).toMatchObject({
      isSimulated: true,
      variables: { MODEL_BASE_URL: "http://localhost:8788/model/v1", MODEL_NAME: "simulated-chat" },
    });
  });

  test.each([true, false])(
    "the user's own, whose key is never shown nor replaced (asked for: %s)",
    (isWanted) => {
      const own = { MODEL_API_KEY: "sk-secret", MODEL_NAME: "qwen-plus" };
      const offered = offeredModel(isWanted, own, SIMULATOR);
      expect(offered).toMatchObject({ isSimulated: false, variables: {} });
      expect(offered.line).toBe("qwen-plus (.dev.vars)");
    },
  );

  test("a model of the user's that has no key is a slip that is named", () => {
    const offered = offeredModel(true, { MODEL_BASE_URL: "https://api.example.com/v1" }, SIMULATOR);
    expect(offered).toMatchObject({ isSimulated: false, variables: {} });
    expect(offered.line).toContain("MODEL_BASE_URL");
  });
});
