/** The simulator's page in a real browser, against the real simulator and the real Worker. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configuredAccounts } from "../../../cli/accounts.ts";
import { developmentValues } from "../../../cli/development.ts";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import { NOTICE } from "../../../simulator/exchange.ts";
import { launchBrowser, NO_BROWSER, openPage } from "../support/browser.ts";
import { type CallbackServer, startCallbackServer } from "../support/callback-server.ts";
import { answeringWithEveryKind } from "./every-reply.ts";
import { startWorker, type TestWorker } from "../support/worker.ts";

/** WeChat waits 5 s; three attempts of that length would take longer than all the rest of this file. */
const TIMEOUT_MS = 2_000;
const VARIABLES = { WECHAT_ACCOUNT_KIND: "test", WECHAT_MODE: "secure" };
/** A text that means something to XML, to HTML and to whoever counts characters by two bytes. */
const HOSTILE = `<script>document.title = "ran"</script> ]]> <img src=x onerror="document.title='ran'"> &amp; 😀`;

const browser = await launchBrowser();

describe.skipIf(browser === undefined)(browser ? "the simulator's page" : NO_BROWSER, () => {
  let worker: TestWorker;
  let simulator: SimulatorServer;
  let callback: CallbackServer;
  let page: Page;
  let chat: Locator;
  const complaints: string[] = [];

  beforeAll(async () => {
    const variables = { ...developmentValues({}), ...VARIABLES };
    worker = await startWorker({ vars: variables });
    const simulatorPort = worker.port + 1;
    callback = await startCallbackServer(
      answeringWithEveryKind(`http://localhost:${simulatorPort}/media/sample`),
    );
    const { accounts } = configuredAccounts(variables, worker.url);
    const other = { id: "other", url: callback.url, token: "any", mode: "plain", kind: "personal" } as const;
    simulator = await serveSimulator(
      { accounts: [...accounts, other], timeoutMs: TIMEOUT_MS },
      simulatorPort,
    );
    page = await openPage(browser, simulator.url, complaints);
    chat = page.getByRole("log", { name: "聊天记录" });
  });
  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
    await callback?.close();
    await worker?.stop();
  });

  const say = async (text: string): Promise<void> => {
    await page.getByRole("textbox", { name: "发消息" }).fill(text);
    await page.keyboard.press("Enter");
  };
  const tile = async (name: string): Promise<void> => {
    await page.getByRole("button", { name: "更多" }).click();
    await page.getByRole("button", { name, exact: true }).last().click();
  };
  const sendForm = (): Promise<void> => page.locator("#sheet").getByRole("button", { name: "发送" }).click();
  /** The newest exchange, once it is one of this type. */
  const newest = async (type: string): Promise<Locator> => {
    const row = page.locator(".exchange").first();
    await row.locator(".type", { hasText: type }).waitFor();
    return row;
  };

  it("shows a text and its echo", async () => {
    await say("你好\n第二行");
    await chat.locator(".user .bubble", { hasText: "你好" }).waitFor();
    const echo = chat.locator(".account .bubble", { hasText: "echo:" });
    await echo.waitFor();
    expect(await echo.innerText()).toBe("echo: 你好\n第二行");
  });

  it("shows what went over the wire, and what was inside it", async () => {
    const row = await newest("text");
    await row.getByRole("button", { expanded: false }).click();
    const block = (heading: string): Promise<string> => row.getByLabel(heading, { exact: true }).innerText();
    expect(await block("地址与参数")).toMatch(/^POST http:.*\n\?signature=[0-9a-f]{40}\n&timestamp=\d{10}\n/);
    expect(await block("请求头")).toContain("Content-Type: text/xml");
    expect(await row.getByLabel("正文", { exact: true }).first().innerText()).toContain("<Encrypt>");
    expect(await block("解密后的推送")).toContain("<MsgType><![CDATA[text]]></MsgType>");
    expect(await block("状态与响应头")).toMatch(/^200\n/);
    expect(await block("解密后的回复")).toContain("<Content><![CDATA[echo: 你好\n第二行]]></Content>");
    await row.getByRole("button", { expanded: true }).click();
  });

  it("shows a hostile text as text, and runs nothing of it", async () => {
    await say(HOSTILE);
    const echo = chat.locator(".account .bubble").last();
    await echo.filter({ hasText: "script" }).waitFor();
    expect(await chat.locator(".user .bubble").last().textContent()).toBe(HOSTILE);
    expect(await echo.textContent()).toBe(`echo: ${HOSTILE}`);
    expect(await chat.locator("script, [onerror]").count()).toBe(0);
    const row = await newest("text");
    await row.getByRole("button", { expanded: false }).click();
    expect(await row.getByLabel("解密后的推送", { exact: true }).innerText()).toContain("<script>");
    expect(await page.title()).not.toContain("ran");
  });

  it("taps a button of the menu", async () => {
    await page.getByRole("navigation", { name: "自定义菜单" }).getByRole("button").first().click();
    await newest("event:CLICK");
    await chat.locator(".account .bubble", { hasText: "V1" }).waitFor();
  });

  it("sends a picture and gets it back", async () => {
    await tile("图片");
    await sendForm();
    await newest("image");
    const pictures = chat.locator(".account .bubble img");
    await pictures.first().waitFor();
    const width = (element: Element): number =>
      element instanceof HTMLImageElement ? element.naturalWidth : 0;
    await expect.poll(() => pictures.first().evaluate(width)).toBeGreaterThan(0);
  });

  it("sends a picture of one's own", async () => {
    await tile("图片");
    const dot = Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==", "base64");
    await page.getByLabel(/选一张/).setInputFiles({ name: "dot.gif", mimeType: "image/gif", buffer: dot });
    await sendForm();
    await expect.poll(() => chat.locator("img").count()).toBe(4);
    expect(await chat.locator(".user img").last().getAttribute("src")).toMatch(/\/media\/[0-9a-f]{64}$/);
  });

  it("sends a location", async () => {
    await tile("位置");
    await page.getByLabel("地点").selectOption({ label: "上海外滩" });
    await sendForm();
    await newest("location");
    await chat.locator(".user .bubble", { hasText: "上海外滩" }).waitFor();
  });

  it("speaks, and shows what was recognised", async () => {
    await page.getByRole("button", { name: "语音" }).click();
    await page.getByLabel("Recognition").fill("今天下雨吗");
    await sendForm();
    await newest("voice");
    await chat.locator(".user .recognition", { hasText: "今天下雨吗" }).waitFor();
  });

  it("scans a code", async () => {
    await tile("扫码");
    await sendForm();
    const row = await newest("event:SCAN");
    expect(await row.locator(".snippet").innerText()).toBe("shop-42");
  });

  it("unfollows, can then not write, follows and is welcomed", async () => {
    await page.getByRole("button", { name: "资料" }).click();
    await page.getByRole("button", { name: "取消关注" }).click();
    await chat.getByText("你已取消关注").waitFor();
    await page.getByText("关注后才能发消息").waitFor();
    expect(await page.getByRole("textbox", { name: "发消息" }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "关注", exact: true }).click();
    await newest("event:subscribe");
    await chat.locator(".account .bubble", { hasText: "welcome" }).waitFor();
    expect(await page.getByRole("textbox", { name: "发消息" }).isEnabled()).toBe(true);
  });

  it("shows WeChat's notice, and why, when a push comes in the wrong mode", async () => {
    await page.getByLabel("发送方式").selectOption("plain");
    await say("明文");
    await chat.getByText(NOTICE).waitFor();
    await page.getByLabel("发送方式").selectOption("");
    await chat.getByRole("button", { name: "查看原因" }).click();
    const row = await newest("text");
    await row.getByText("被拒绝 400").waitFor();
    await row.getByText("这次是按明文模式发送的，而账号设置的是安全模式。").waitFor();
  });

  it("checks the callback's URL", async () => {
    await page.getByRole("button", { name: "验证 URL" }).click();
    await page.getByRole("status").getByText("通过").waitFor();
  });

  it("has no menu and no codes to scan for an account that has none, and says why", async () => {
    await page.getByLabel("账号", { exact: true }).selectOption("other");
    await page.getByRole("heading", { name: "other" }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    await tile("扫码");
    await page.getByText("个人订阅号没有带参数的二维码").waitFor();
    await page.keyboard.press("Escape");
  });

  it("shows every kind of reply as WeChat does", async () => {
    const last = chat.locator("li").last();
    await say("text");
    await last.getByText("第二行").waitFor();
    expect(
      await last.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href"))),
    ).toEqual(["https://example.com/?a=1&b=2", "https://example.com/bare"]);
    expect(await last.locator(".bubble").innerText()).toContain('<a href="javascript:alert(1)">no link</a>');
    for (const [kind, shown] of [
      ["image", "img"],
      ["voice", ".voice"],
      ["video", ".video >> text=一分钟看懂"],
      ["music", "a.music[href='https://example.com/song.mp3'] >> text=平凡之路"],
      ["news", ".lead img"],
      ["transfer", "text=已转给客服 kf1@gh_test"],
    ] as const) {
      await say(kind);
      await last.locator(shown).waitFor();
    }
    await (await newest("text")).getByText("转人工").waitFor();
    await tile("事件");
    await sendForm();
    await newest("event:LOCATION");
    await last.locator(".lead").waitFor();
    expect(await last.locator(".card").count()).toBe(2);
  });

  it("waits for an account that says nothing, three times, and then shows the notice", async () => {
    await say("在吗");
    await chat.locator(".waiting", { hasText: "1 秒 · 第 1/3 次" }).waitFor();
    await chat.getByText(NOTICE).waitFor();
    expect(await chat.locator(".waiting").count()).toBe(0);
    const row = await newest("text");
    await row.getByRole("button", { expanded: false }).click();
    expect(await row.locator(".attempt").count()).toBe(3);
    await page.getByLabel("账号", { exact: true }).selectOption("default");
  });

  it("tells another user's phone from this one's, and keeps it over a reload", async () => {
    await page.getByRole("button", { name: "资料" }).click();
    await page.getByRole("button", { name: "换一个新用户" }).click();
    await expect.poll(() => chat.locator(".message").count()).toBe(0);
    await say("我是新来的");
    await chat.locator(".account .bubble", { hasText: "我是新来的" }).waitFor();
    await page.reload();
    await chat.locator(".account .bubble", { hasText: "我是新来的" }).waitFor();
  });

  it("speaks English too", async () => {
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "On the wire" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    const untranslated = await page
      .locator("[data-text]:visible, [data-label]:visible")
      .evaluateAll(
        (elements) =>
          elements.filter((element) => /[\u4e00-\u9fff]/.test(element.getAttribute("aria-label") ?? ""))
            .length,
      );
    expect(untranslated).toBe(0);
  });

  it("never complained", () => {
    expect(complaints).toEqual([]);
  });
});
