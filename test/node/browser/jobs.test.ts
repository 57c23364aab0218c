/** Deferred work in the page, by all that `npm start` runs: the example bot, its queue, and the dead letters. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configuredAccounts } from "../../../cli/accounts.ts";
import { developmentValues } from "../../../cli/development.ts";
import { askAsOperator } from "../../../cli/operator.ts";
import { PACKAGE_ROOT } from "../../../cli/variables.ts";
import type { SimulatedAccount } from "../../../simulator/account.ts";
import { launchBrowser, NO_BROWSER, openPage } from "../support/browser.ts";
import { freePorts } from "../support/ports.ts";
import { start, type Started } from "../support/started.ts";

const CHINESE = /[\u4e00-\u9fff]/;
/** A run that fails is made again after five seconds. */
const SLOW_MS = 30_000;

const browser = await launchBrowser();

/** A project of its own over the example bot: what other runs have left behind is not seen. */
async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wechat-edge-jobs-"));
  const configuration = await readFile(join(PACKAGE_ROOT, "wrangler.toml"), "utf8");
  const worker = JSON.stringify(join(PACKAGE_ROOT, "src", "index.ts"));
  await writeFile(join(folder, "main.ts"), `export * from ${worker};\nexport { default } from ${worker};\n`);
  await writeFile(join(folder, "wrangler.toml"), configuration.replace(/^main = .*$/m, 'main = "main.ts"'));
  return folder;
}

describe.skipIf(browser === undefined)(browser ? "deferred work in the page" : NO_BROWSER, () => {
  let folder: string;
  let started: Started;
  let page: Page;
  let chat: Locator;
  let account: SimulatedAccount;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await makeProject();
    const port = await freePorts();
    started = start(process.execPath, [join(PACKAGE_ROOT, "cli", "start.ts"), "--port", String(port)], {
      cwd: folder,
      env: {},
    });
    await started.says("is up · 已启动");
    const { accounts } = configuredAccounts(developmentValues({}), `http://localhost:${port}`);
    const own = accounts.find(({ id }) => id === "default");
    if (own === undefined) throw new Error("there is no development account");
    account = own;
    page = await openPage(browser, `http://localhost:${port + 1}`, complaints);
    page.setDefaultTimeout(SLOW_MS);
    chat = page.getByRole("log", { name: "聊天记录" });
  });
  afterAll(async () => {
    await browser?.close();
    started?.child.kill("SIGTERM");
    await started?.ended;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Says something, and opens what stands beside the phone about it. */
  const say = async (text: string): Promise<Locator> => {
    await page.getByRole("textbox", { name: "发消息" }).fill(text);
    await page.keyboard.press("Enter");
    const row = page.locator(".exchange", { hasText: text }).first();
    await row.getByRole("button", { expanded: false }).first().click();
    return row;
  };
  const inState = (row: Locator, state: string): Locator => row.locator(`.jobs [data-state="${state}"]`);
  const letters = (): Locator => page.getByRole("region", { name: "死信" });

  it("follows a job of the queue from its first run to its end, and shows its answer", async () => {
    const row = await say("研究 苹果");
    await inState(row, "running").waitFor();
    expect(await row.locator(".chip").allInnerTexts()).toContain("1 个任务未完成");
    await inState(row, "done").waitFor();
    expect(await inState(row, "done").innerText()).toBe("任务 research（队列）：完成，第 1 次运行");
    expect(await row.locator(".chip").allInnerTexts()).not.toContain("1 个任务未完成");
    await chat.locator(".account .bubble", { hasText: "「苹果」的研究结果" }).waitFor();
    expect(await row.locator(".outcome").innerText()).toBe("不回复");
  });

  it("shows a job that the Worker did while it held the push: its answer is the push's own", async () => {
    const row = await say("想一想 搬家");
    await inState(row, "done").waitFor();
    expect(await inState(row, "done").innerText()).toContain("任务 think（收到推送的 Worker）：完成");
    await chat.locator(".account .bubble", { hasText: "想好了：搬家" }).waitFor();
    expect(await row.locator(".story").first().innerText()).toContain("被动回复");
  });

  it("shows a delayed job waiting, and then done", async () => {
    const row = await say("提醒 3");
    await inState(row, "ready").waitFor();
    expect(await inState(row, "ready").innerText()).toBe("任务 remind（队列）：等待运行");
    await chat.locator(".account .bubble", { hasText: "3 秒到了" }).waitFor();
    await inState(row, "done").waitFor();
  });

  it("asks no more when all are over", async () => {
    const asked: string[] = [];
    page.on("request", (request) => {
      if (/\/jobs$|dead-letters/.test(request.url())) asked.push(request.url());
    });
    await page.waitForTimeout(7_000); // the last look at dead letters comes six seconds after a change
    asked.length = 0;
    await page.waitForTimeout(6_000);
    expect(asked).toEqual([]);
    expect(await letters().isVisible()).toBe(false);
    page.removeAllListeners("request");
  });

  it("shows a job that fails being run again, given up, and among the dead letters", async () => {
    const row = await say("失败");
    await inState(row, "ready").getByText("等待再次运行").waitFor();
    await inState(row, "dead").waitFor();
    expect(await inState(row, "dead").innerText()).toBe(
      "任务 fail（队列）：已放弃，第 2 次运行 (handler_failed)",
    );
    expect(await row.locator(".chip.bad").allInnerTexts()).toContain("1 个任务已放弃");
    await letters().getByRole("heading", { name: "死信：1" }).waitFor();
    expect(await letters().locator("li").innerText()).toMatch(
      /^fail\s+运行过 2 次\s+handler_failed\s[^]*这个示例任务总是失败\s+重新执行\s+丢弃$/,
    );
  });

  it("runs a dead letter again: it is a job once more, and fails once more", async () => {
    const row = page.locator(".exchange", { hasText: "失败" }).first();
    await letters().getByRole("button", { name: "重新执行 fail" }).click();
    await letters().getByText("fail：已重新投递。").waitFor();
    await letters().getByRole("heading", { name: "死信：0" }).waitFor();
    expect(await letters().innerText()).toContain("没有死信。");
    await inState(row, "dead").waitFor({ state: "detached" });
    await inState(row, "dead").waitFor();
    await letters().getByRole("heading", { name: "死信：1" }).waitFor();
  });

  it("says it in English too", async () => {
    await page.getByRole("button", { name: "English" }).click();
    const english = page.getByRole("region", { name: "Dead letters" });
    await english.getByRole("button", { name: "Run again fail" }).waitFor();
    const own = (await english.innerText()).replace("这个示例任务总是失败", "");
    expect(own).not.toMatch(CHINESE);
    const jobs = (await page.locator(".jobs, .chip").allInnerTexts()).join("\n");
    expect(jobs).toContain("Job fail (queue): given up");
    expect(jobs).not.toMatch(CHINESE);
    await page.getByRole("button", { name: "中文" }).click();
  });

  it("shows those of the phone's account alone", async () => {
    const accounts = page.locator("#account");
    await accounts.selectOption("plain");
    await letters().waitFor({ state: "hidden" });
    await accounts.selectOption("default");
    await letters().getByRole("heading", { name: "死信：1" }).waitFor();
  });

  it("says it when somebody else has dealt with a dead letter meanwhile, and shows it no more", async () => {
    expect(complaints).toEqual([]);
    const id = await letters().locator("li").getAttribute("data-letter");
    // By the Worker's own door: the simulator does not hear of it.
    const body = { action: "drop", id };
    const dropped = await askAsOperator({ account, method: "POST", resource: "dead-letters", body });
    expect(dropped).toMatchObject({ status: 200, fields: { done: 1, left: 0 } });
    await letters().getByRole("button", { name: "重新执行 fail" }).click();
    await letters().getByText("它已经不在了").waitFor();
    await letters().getByRole("heading", { name: "死信：0" }).waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining("409")]);
  });

  it("drops a dead letter for good", async () => {
    await say("失败");
    await letters().getByRole("heading", { name: "死信：1" }).waitFor();
    await letters().getByRole("button", { name: "丢弃 fail" }).click();
    await letters().getByText("fail：已丢弃。").waitFor();
    await letters().getByRole("heading", { name: "死信：0" }).waitFor();
    expect(await letters().locator("li").count()).toBe(0);
  });

  it("never complained", () => {
    expect(complaints).toEqual([]);
  });
});
