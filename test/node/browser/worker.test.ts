/** The page and the Worker: how each answer came, and the switches that make the Worker stumble. */
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import { NOTICE } from "../../../simulator/exchange.ts";
import { WorkerLog } from "../../../simulator/worker-log.ts";
import { parsePush } from "../../../src/protocol/push.ts";
import { pushKey } from "../../../src/protocol/push-key.ts";
import { encodeReply } from "../../../src/protocol/reply-encode.ts";
import { launchBrowser, NO_BROWSER, openPage } from "../support/browser.ts";
import { type CallbackServer, type Received, startCallbackServer } from "../support/callback-server.ts";
import { freePorts } from "../support/ports.ts";

const TIMEOUT_MS = 1_000;
const MORE = "（未完，发送「继续」查看后文）";
const CHINESE = /[\u4e00-\u9fff]/;

const browser = await launchBrowser();

describe.skipIf(browser === undefined)(browser ? "the page and the Worker" : NO_BROWSER, () => {
  let log: WorkerLog;
  let simulator: SimulatorServer;
  let callback: CallbackServer;
  let page: Page;
  let back: PromiseWithResolvers<void>;
  const complaints: string[] = [];

  beforeAll(async () => {
    log = new WorkerLog();
    callback = await startCallbackServer((_request, response) => response.end("success"));
    const texts = { more: MORE, apology: "抱歉，出错了。" };
    const mode = "plain" as const;
    const account = { id: "default", url: callback.url, token: "any", mode, kind: "test", texts } as const;
    const onKillWorker = (): Promise<void> => {
      back = Promise.withResolvers();
      return back.promise;
    };
    simulator = await serveSimulator(
      { accounts: [account], workerLog: log, onKillWorker, timeoutMs: TIMEOUT_MS },
      await freePorts(),
    );
    page = await openPage(browser, simulator.url, complaints);
  });
  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
    await callback?.close();
  });
  afterEach(() => {
    callback.answer = (_request, response) => response.end("success");
  });

  const say = async (text: string): Promise<void> => {
    await page.getByRole("textbox", { name: "发消息" }).fill(text);
    await page.keyboard.press("Enter");
  };
  /** Says something about a push, as the Worker does. */
  const tell = (received: Received, message: string, fields: object = {}, request = "r1"): void => {
    const key = pushKey(parsePush(received.body, "oa"));
    const isNamed = /^(?:push|answer|run)_/.test(message);
    const named = isNamed ? { message_key: key } : {};
    const by = message.startsWith("push_answered") ? { account: "default", duration_ms: 4 } : {};
    const ids = { timestamp: new Date().toISOString(), request_id: `${key} ${request}` };
    log.take(JSON.stringify({ ...ids, message, ...named, ...by, ...fields }));
  };
  const rowOf = async (text: string): Promise<Locator> => {
    const row = page.locator(".exchange", { hasText: text }).first();
    await row.waitFor();
    return row;
  };
  const opened = async (text: string): Promise<Locator> => {
    const row = await rowOf(text);
    await row.getByRole("button", { expanded: false }).first().click();
    return row.locator(".story");
  };
  const panel = (): Locator => page.getByRole("region", { name: "微信故障" });

  it("tells that an answer came in time", async () => {
    callback.answer = (received, response) => {
      tell(received, "push_answered", { route: "passive", outcome: "none" });
      response.end("success");
    };
    await say("按时");
    const story = await opened("按时");
    await story.waitFor();
    expect(await story.innerText()).toBe("回答方式：被动回复");
    expect(await (await rowOf("按时")).locator(".chip").count()).toBe(0);
  });

  it("tells that an answer was late, held, and given to WeChat's retry, which was not run again", async () => {
    let attempt = 0;
    callback.answer = (received, response) => {
      attempt++;
      if (attempt === 1) {
        tell(received, "answer_late", { route: "hold", attempt: 1 });
        return;
      }
      tell(received, "push_repeated", { attempt }, "r2");
      tell(received, "push_answered", { route: "hold", outcome: "text" }, "r2");
      response.end("success");
    };
    await say("等重试");
    const story = await opened("等重试");
    await story.getByText("去重").waitFor();
    expect((await story.innerText()).split("\n")).toEqual([
      "回答方式：等微信重试（hold）",
      "迟到：处理函数没有赶上时限，故意不回答，等微信重试。",
      "去重：第 2 次，未再运行",
    ]);
    expect(await (await rowOf("等重试")).locator(".chip").allInnerTexts()).toEqual(["迟到", "去重 1 次"]);
  });

  it("goes on telling what becomes of a late reply", async () => {
    let pushed: Received | undefined;
    callback.answer = (received, response) => {
      pushed = received;
      tell(received, "answer_late", { route: "push", attempt: 1 });
      tell(received, "push_answered", { route: "push", outcome: "none" });
      response.end("success");
    };
    await say("迟到的");
    const story = await opened("迟到的");
    await story.getByText("它的回复改用客服消息发送").waitFor();
    if (pushed !== undefined) tell(pushed, "reply_refused", { n: 1, error: "ApiError: <b>45015</b>" });
    const refused = story.getByText("第 1 条回复被微信拒绝");
    await refused.waitFor();
    expect(await refused.innerText()).toBe("第 1 条回复被微信拒绝：ApiError: <b>45015</b>");
  });

  it("tells of a handler that failed, and of a run that was made again", async () => {
    callback.answer = (received, response) => {
      tell(received, "push_repeated", { attempt: 2 });
      tell(received, "run_resumed", { runs: 2 });
      tell(received, "handler_failed", { error: "Error: on fire" });
      tell(received, "push_answered", { outcome: "none" });
      response.end("success");
    };
    await say("着火");
    const story = await opened("着火");
    await story.waitFor();
    expect((await story.innerText()).split("\n")).toEqual([
      "第 2 次：之前的运行中断了，已重新运行",
      "处理函数出错：Error: on fire",
    ]);
    expect(await (await rowOf("着火")).locator(".chip.bad").innerText()).toBe("处理出错");
  });

  describe("a message on the phone", () => {
    const chat = (): Locator => page.getByRole("log", { name: "聊天记录" });
    /** The account's latest message: the words under its bubble. */
    const marks = (text: string): Locator =>
      chat().locator(".message.account", { hasText: text }).last().locator(".marks");
    /** Answers with a text, and tells by which way. */
    const answers =
      (text: string, route: string, late?: string): CallbackServer["answer"] =>
      (received, response) => {
        if (late !== undefined) tell(received, "answer_late", { route: late, attempt: 1 });
        tell(received, "push_answered", { route, outcome: "text" });
        const { FromUserName: to, ToUserName: from } = parsePush(received.body, "oa").message;
        const parties = { to, from, createTime: Math.floor(Date.now() / 1_000) };
        response.end(encodeReply({ MsgType: "text", Content: text }, parties, "xml"));
      };
    const shows = async (text: string, words: readonly string[]): Promise<void> => {
      await expect
        .poll(async () => (await marks(text).allInnerTexts()).join("\n").split("\n"))
        .toEqual(words);
    };

    it("says by which way it came, and leads to its push", async () => {
      callback.answer = answers("马上就有的答案", "passive");
      await say("快");
      await shows("马上就有的答案", ["被动回复"]);
      await marks("马上就有的答案").getByRole("button", { name: "被动回复" }).click();
      await (await rowOf("快")).getByRole("button", { expanded: true }).waitFor();
      callback.answer = answers("等来的答案", "hold");
      await say("慢");
      await shows("等来的答案", ["等微信重试（hold）"]);
    });

    it("that is a fixed text of the account's is marked as one", async () => {
      callback.answer = answers("抱歉，出错了。", "passive");
      await say("坏了");
      await shows("抱歉，出错了。", ["致歉"]);
      callback.answer = answers("想一想，稍后回答你。", "text", "push");
      await say("难题");
      await shows("想一想，稍后回答你。", ["请稍候"]);
      callback.answer = answers("正在处理，请稍后发送「继续」", "text", "mailbox");
      await say("更难的题");
      await shows("正在处理，请稍后发送「继续」", ["提示", "继续"]);
    });

    it("that is a part says which, and has a chip that asks for the next one, once", async () => {
      callback.answer = answers(`第一段。\n\n${MORE}`, "mailbox");
      await chat().getByRole("button", { name: "发送「继续」" }).click();
      await shows("第一段。", ["第 1 部分，未完", "信箱（mailbox）", "继续"]);
      expect(await chat().locator(".message.user").last().innerText()).toContain("继续");
      callback.answer = answers("最后一段。", "mailbox");
      await chat().getByRole("button", { name: "发送「继续」" }).click();
      await shows("最后一段。", ["第 2 部分", "信箱（mailbox）"]);
      await shows("第一段。", ["第 1 部分，未完", "信箱（mailbox）"]);
      expect(await chat().getByRole("button", { name: "发送「继续」" }).count()).toBe(0);
      callback.answer = answers("另一个答案", "passive");
      await say("别的事");
      await shows("另一个答案", ["被动回复"]);
    });
  });

  it("has switches that send what the example bot understands", async () => {
    await page.getByRole("button", { name: "微信故障" }).click();
    for (const name of ["慢 3", "慢 8", "慢 20", "出错", "卡住"]) {
      const before = callback.received.length;
      await panel().getByRole("button", { name, exact: true }).click();
      await expect.poll(() => callback.received.length).toBe(before + 1);
      expect(callback.received.at(-1)?.body).toContain(`<Content><![CDATA[${name}]]></Content>`);
    }
  });

  it("kills the Worker, says so while it is down, and WeChat's retry meets the one that is back", async () => {
    const chat = page.getByRole("log", { name: "聊天记录" });
    const kill = panel().getByRole("button", { name: "结束 Worker 进程" });
    const banner = page.getByRole("alert");
    const arrived = (): number => callback.received.filter(({ body }) => body.includes("处理到一半")).length;
    const dying = Promise.withResolvers<void>();
    callback.answer = (_request, response) => void dying.promise.then(() => response.destroy());
    await say("处理到一半");
    await expect.poll(arrived).toBe(1);
    await kill.click();
    dying.resolve();
    await banner.getByText("Worker 进程已被结束").waitFor();
    expect(await kill.isDisabled()).toBe(true);
    await expect.poll(arrived).toBe(2);
    callback.answer = (_request, response) => response.end("success");
    back.resolve();
    await panel().getByText("Worker 已重新启动").waitFor();
    await banner.waitFor({ state: "hidden" });
    await expect.poll(() => kill.isDisabled()).toBe(false);
    const row = await rowOf("处理到一半");
    await row.getByText("不回复").waitFor();
    expect(await row.locator(".tries").innerText()).toBe("3 次");
    expect(await chat.getByText(NOTICE).count()).toBe(0);
  });

  it("says all that in English too", async () => {
    await page.getByRole("button", { name: "English" }).click();
    const english = page.getByRole("region", { name: "WeChat misbehaves" });
    await english.getByRole("button", { name: "Kill the Worker" }).waitFor();
    expect(await english.innerText()).not.toMatch(CHINESE);
    const stories = await page.locator(".story, .chip").allInnerTexts();
    expect(stories.join("\n")).toContain("WeChat's retry (hold)");
    expect(stories.join("\n")).not.toMatch(CHINESE);
    await page.getByRole("button", { name: "中文" }).click();
  });

  it("never complained", () => {
    expect(complaints).toEqual([]);
  });

  it("shows no switch where nobody can kill the Worker, and asks for no log where there is none", async () => {
    const { port } = new URL(simulator.url);
    await simulator.close();
    await page.getByRole("alert").getByText("连接不上模拟器").waitFor();
    complaints.length = 0;
    const account = { id: "default", url: callback.url, token: "any", mode: "plain", kind: "test" } as const;
    simulator = await serveSimulator({ accounts: [account] }, Number(port));
    await panel().getByRole("button", { name: "结束 Worker 进程" }).waitFor({ state: "hidden" });
    await say("没有日志");
    const row = await rowOf("没有日志");
    await row.getByRole("button", { expanded: false }).first().click();
    await row.getByLabel("正文", { exact: true }).first().waitFor();
    expect(await row.locator(".story").count()).toBe(0);
    expect(complaints.filter((one) => one.includes("404"))).toEqual([]);
  });
});
