/** The page's switches for the simulated language model: each orders what becomes of the next answer, and nothing else. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import { MODEL_BASE_PATH } from "../../../simulator/model/chat-routes.ts";
import { DEVELOPMENT_MODEL_KEY } from "../../../simulator/model/simulated-model.ts";
import { launchBrowser, NO_BROWSER, openPage } from "../support/browser.ts";
import { freePorts } from "../support/ports.ts";

const CHINESE = /[\u4e00-\u9fff]/;
const ACCOUNT = {
  id: "default",
  url: "http://localhost:9/wechat",
  token: "any",
  mode: "plain",
  kind: "test",
} as const;

const browser = await launchBrowser();

describe.skipIf(browser === undefined)(browser ? "the page and the model" : NO_BROWSER, () => {
  let simulator: SimulatorServer;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    simulator = await serveSimulator({ accounts: [ACCOUNT], model: {} }, await freePorts());
    page = await openPage(browser, simulator.url, complaints);
    await page.getByRole("button", { name: "微信故障" }).click();
  });
  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
  });
  beforeEach(async () => {
    await fetch(`${simulator.url}/model/control/reset`, { method: "POST" });
  });

  const group = (): Locator => page.getByRole("group", { name: "让大模型的下一个回答出状况" });
  const press = (name: string): Promise<void> => group().getByRole("button", { name, exact: true }).click();
  /** Asks the model as a Worker does. */
  const ask = async (): Promise<{ status: number; text: string; isWhole: boolean }> => {
    const response = await fetch(`${simulator.url}${MODEL_BASE_PATH}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Bearer ${DEVELOPMENT_MODEL_KEY}` },
      body: JSON.stringify({
        model: "simulated-chat",
        stream: true,
        messages: [{ role: "user", content: "你好" }],
      }),
    });
    const chunks: string[] = [];
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) chunks.push(chunk);
    } catch {
      return { status: response.status, text: chunks.join(""), isWhole: false };
    }
    return { status: response.status, text: chunks.join(""), isWhole: true };
  };

  it.each([
    ["拒绝（429）", 429],
    ["密钥错误（401）", 401],
    ["地区不支持（403）", 403],
  ])("%s refuses the next question, and only that", async (name, status) => {
    await press(name);
    await group().getByText(`等待提问：${name}`).waitFor();
    expect((await ask()).status).toBe(status);
    expect((await ask()).status).toBe(200);
    await group().getByText("没有设置。").waitFor();
  });

  it("breaks off, writes much, thinks, and says nothing, in the order of the buttons", async () => {
    for (const name of ["写到一半断线", "写 6000 字", "空的回答"]) await press(name);
    await group().getByText("等待提问：写到一半断线, 写 6000 字, 空的回答").waitFor();
    expect(await ask()).toMatchObject({ status: 200, isWhole: false });
    expect((await ask()).text.length).toBeGreaterThan(6_000);
    expect((await ask()).text).not.toContain("你好");
    expect((await ask()).text).toContain("你说");
  });

  it("all can be cleared", async () => {
    await press("8 秒后才开始");
    await group().getByText("等待提问：8 秒后才开始").waitFor();
    await press("全部取消");
    await group().getByText("没有设置。").waitFor();
    expect(await group().getByRole("button", { name: "全部取消" }).isDisabled()).toBe(true);
    expect((await ask()).status).toBe(200);
  });

  it("is all in English too", async () => {
    await page.getByRole("button", { name: "English" }).click();
    const english = page.getByRole("group", { name: "Make the language model's next answer" });
    await english.getByRole("button", { name: "Stall halfway" }).waitFor();
    await english.getByText("Nothing is set.").waitFor();
    expect(await english.innerText()).not.toMatch(CHINESE);
    await page.getByRole("button", { name: "中文" }).click();
  });

  it("never complained", () => {
    expect(complaints).toEqual([]);
  });

  it("has no switches where the Worker's model is not the simulated one", async () => {
    const other = await serveSimulator({ accounts: [ACCOUNT] }, await freePorts());
    await page.goto(other.url);
    await page.getByRole("button", { name: "微信故障" }).click();
    await page.getByRole("button", { name: "出错", exact: true }).waitFor();
    expect(await group().count()).toBe(0);
    await other.close();
  });
});
