/** The phone page and WeChat's API: what a program sends by it shows on the phone, and what the phone does is pushed. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import type { SimulatedAccount } from "../../../simulator/account.ts";
import { FAULT_KINDS } from "../../../simulator/platform/scripted-faults.ts";
import { readXml } from "../../../src/protocol/xml-read.ts";
import type { WireObject } from "../../../src/protocol/pushes/wire.ts";
import { APP_ID } from "../../support/wechat.ts";
import { launchBrowser, NO_BROWSER, openPage } from "../support/browser.ts";
import { type CallbackServer, startCallbackServer } from "../support/callback-server.ts";
import { freePorts } from "../support/ports.ts";
import { amr, JPEG, MP4, PNG } from "../support/sample-files.ts";
import { APP_SECRET } from "../support/simulated-account.ts";
import { ApiCaller } from "./api-caller.ts";

const SEND = "/cgi-bin/message/custom/send";
/** Texts that mean something to HTML, to XML and to whoever cuts at a mark. */
const HOSTILE = `<img src=x onerror="document.title='ran'"> <![CDATA[x]]> ]]> <script>document.title="ran"</script> &lt;`;
const MARK = "客服消息 · 由 API 发送";

const browser = await launchBrowser();

describe.skipIf(browser === undefined)(browser ? "the page and WeChat's API" : NO_BROWSER, () => {
  let simulator: SimulatorServer;
  let callback: CallbackServer;
  let account: SimulatedAccount;
  let page: Page;
  let chat: Locator;
  let menu: Locator;
  let api: ApiCaller;
  let me: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    callback = await startCallbackServer((_request, response) => response.end("success"));
    account = {
      id: "default",
      url: callback.url,
      token: "any",
      mode: "plain",
      kind: "service",
      appId: APP_ID,
      appSecret: APP_SECRET,
    };
    simulator = await serveSimulator({ accounts: [account] }, await freePorts());
    api = new ApiCaller(simulator.url, { appid: APP_ID, secret: APP_SECRET });
    page = await openPage(browser, simulator.url, complaints);
    chat = page.getByRole("log", { name: "聊天记录" });
    menu = page.getByRole("navigation", { name: "自定义菜单" });
    await menu.getByRole("button").first().waitFor();
    me = await page.evaluate(() => localStorage.getItem("wechat-edge.openid") ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
    await callback?.close();
  });

  /** A message of the user's opens the account's window to answer. */
  const say = async (text: string): Promise<void> => {
    await page.getByRole("textbox", { name: "发消息" }).fill(text);
    await page.keyboard.press("Enter");
    await page.locator(".exchange", { hasText: text }).first().waitFor();
  };
  const last = (): Locator => chat.locator("li.message, li.system").last();
  const lastPush = (): WireObject => readXml(callback.received.at(-1)?.body ?? "");
  /** The push that comes of what is done. */
  const pushOf = async (deed: () => Promise<void>): Promise<WireObject> => {
    const before = callback.received.length;
    await deed();
    await expect.poll(() => callback.received.length).toBe(before + 1);
    return lastPush();
  };
  const newestCall = (): Locator => page.locator(".call").first();
  const createMenu = (button: readonly object[]): Promise<object> =>
    api.call("/cgi-bin/menu/create", { button });

  describe("messages by API", () => {
    beforeEach(() => say("在吗"));

    it("appear by themselves, marked, with the call behind them", async () => {
      expect(await api.send(me, "text", { content: "您好\n第二行" })).toMatchObject({ errcode: 0 });
      await last().getByText("您好").waitFor();
      expect(await last().locator(".bubble").innerText()).toBe("您好\n第二行");
      await last().getByRole("button", { name: MARK }).click();
      const row = page.locator(".call", { hasText: "您好" });
      await row.getByRole("button", { expanded: true }).waitFor();
      expect(await row.getByLabel("地址与参数", { exact: true }).innerText()).toBe(`POST ${SEND}`);
      const body = await row.getByLabel("正文", { exact: true }).innerText();
      expect(JSON.parse(body)).toEqual({ touser: me, msgtype: "text", text: { content: "您好\n第二行" } });
    });

    it("can be found again when the list beside the phone was emptied", async () => {
      await api.send(me, "text", { content: "找得到" });
      await last().getByText("找得到").waitFor();
      await page.getByRole("button", { name: "清空" }).click();
      expect(await page.locator(".call").count()).toBe(0);
      await last().getByRole("button", { name: MARK }).click();
      await page.locator(".call", { hasText: "找得到" }).waitFor();
    });

    it("wait while nobody looks at the page, and are there when somebody does", async () => {
      const look = (hidden: boolean): Promise<void> =>
        page.evaluate((isHidden) => {
          Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }, hidden);
      await look(true);
      await api.send(me, "text", { content: "没人看" });
      await page.waitForTimeout(500);
      expect(await chat.getByText("没人看").count()).toBe(0);
      await look(false);
      await chat.getByText("没人看").waitFor();
    });

    it("of every type are shown as WeChat does", async () => {
      const image = await api.upload("image", new File([PNG], "a.png"));
      const thumb = await api.upload("thumb", new File([JPEG], "a.jpg"));
      const voice = await api.upload("voice", new File([amr(1)], "a.amr"));
      const video = await api.upload("video", new File([MP4], "a.mp4"));
      const url = "https://example.com/song.mp3";
      const types: readonly (readonly [type: string, content: object, shown: string])[] = [
        ["text", { content: 'a <a href="https://example.com/x">b</a>' }, "a[href='https://example.com/x']"],
        ["image", { media_id: image }, `img[src$='/media/${image}']`],
        ["voice", { media_id: voice }, ".voice"],
        ["video", { media_id: video, thumb_media_id: thumb, title: "演示" }, ".video >> text=演示"],
        [
          "music",
          { title: "平凡之路", musicurl: url, hqmusicurl: url, thumb_media_id: thumb },
          `a.music[href='${url}'] >> text=平凡之路`,
        ],
        ["news", { articles: [{ title: "头条", url, picurl: "" }] }, `a.lead[href='${url}'] >> text=头条`],
        ["mpnewsarticle", { article_id: "ARTICLE1" }, ".reference >> text=ARTICLE1"],
        ["wxcard", { card_id: "pFS7Fjg8kV1I" }, ".reference >> text=pFS7Fjg8kV1I"],
        [
          "miniprogrampage",
          { title: "点餐", appid: "wx0123456789abcdef", pagepath: "pages/a", thumb_media_id: thumb },
          ".mini-program >> text=pages/a",
        ],
        ["link", { title: "看这里", url, thumb_url: "" }, `a.link[href='${url}'] >> text=看这里`],
        ["mpnews", { media_id: image }, `.reference >> text=${image}`],
      ];
      for (const [index, [type, content, shown]] of types.entries()) {
        if (index % 4 === 3) await say(`继续 ${index}`);
        expect(await api.send(me, type, content), type).toMatchObject({ errcode: 0 });
        await last().locator(shown).waitFor();
        await last().getByRole("button", { name: MARK }).waitFor();
      }
    });

    it("with lines to choose from send what was tapped", async () => {
      await api.send(me, "msgmenu", {
        head_content: "满意吗？",
        list: [
          { id: "101", content: "满意" },
          { id: "102", content: "不满意" },
        ],
        tail_content: "欢迎再来",
      });
      await last().getByText("欢迎再来").waitFor();
      const push = await pushOf(() => last().getByRole("button", { name: "不满意" }).click());
      expect(push).toMatchObject({ MsgType: "text", Content: "不满意", bizmsgmenuid: "102" });
      await chat.locator(".user .bubble", { hasText: "不满意" }).waitFor();
      await api.send(me, "text", {
        content: '<a href="weixin://bizmsgmenu?msgmenucontent=要发票&msgmenuid=7">发票</a>',
      });
      const link = await pushOf(() => last().getByRole("button", { name: "发票", exact: true }).click());
      expect(link).toMatchObject({ Content: "要发票", bizmsgmenuid: "7" });
    });

    it("stay text, whatever is in them", async () => {
      const thumb = await api.upload("thumb", new File([JPEG], "a.jpg"));
      const url = `javascript:document.title="ran"`;
      const types: readonly (readonly [type: string, content: object])[] = [
        ["text", { content: HOSTILE }],
        ["msgmenu", { head_content: HOSTILE, list: [{ id: "1", content: HOSTILE }], tail_content: HOSTILE }],
        ["miniprogrampage", { title: HOSTILE, appid: HOSTILE, pagepath: HOSTILE, thumb_media_id: thumb }],
        ["mpnewsarticle", { article_id: HOSTILE }],
        ["wxcard", { card_id: HOSTILE }],
        ["link", { title: HOSTILE, description: HOSTILE, url, thumb_url: HOSTILE }],
        ["news", { articles: [{ title: HOSTILE, description: HOSTILE, url, picurl: url }] }],
      ];
      for (const [index, [type, content]] of types.entries()) {
        if (index % 4 === 3) await say(`继续 ${index}`);
        expect(await api.send(me, type, content), type).toMatchObject({ errcode: 0 });
        await last().getByText(HOSTILE).first().waitFor();
        await last().getByRole("button", { name: MARK }).waitFor();
        expect(await last().locator("script, [onerror], a").count(), type).toBe(0);
      }
      await page.locator(".call", { hasText: "CDATA" }).first().getByRole("button").first().click();
      await page.locator(".call pre", { hasText: "CDATA" }).first().waitFor();
      expect(await page.locator("[onerror], main script").count()).toBe(0);
      expect(await page.title()).not.toContain("ran");
    });
  });

  it("shows template messages with their rows, their link and nothing but text", async () => {
    const added = await api.call("/cgi-bin/template/api_add_template", {
      template_id_short: "TM1",
      keyword_name_list: ["商品", "金额"],
    });
    const sent = await api.call("/cgi-bin/message/template/send", {
      touser: me,
      template_id: added["template_id"],
      url: "https://example.com/order",
      data: { thing1: { value: HOSTILE, color: "red" }, thing2: { value: "39.8 元" } },
    });
    expect(sent).toMatchObject({ errcode: 0 });
    const card = last().locator(".notice");
    await card.waitFor();
    expect(await card.locator("dt").allInnerTexts()).toEqual(["商品", "金额"]);
    expect(await card.locator("dd").allTextContents()).toEqual([HOSTILE, "39.8 元"]);
    expect(await card.getByRole("link", { name: "详情" }).getAttribute("href")).toBe(
      "https://example.com/order",
    );
    expect(await card.locator("script, [onerror], [style]").count()).toBe(0);
    await last().getByRole("button", { name: "模板消息 · 由 API 发送" }).waitFor();
  });

  it("shows subscription messages", async () => {
    const init = { method: "POST", body: JSON.stringify({ openid: me, scene: "1000" }) };
    await fetch(`${simulator.url}/api/platform/default/subscriptions`, init);
    const sent = await api.call("/cgi-bin/message/template/subscribe", {
      touser: me,
      template_id: "simulator-one-time".padEnd(43, "0"),
      url: "https://example.com/",
      scene: "1000",
      title: "到货通知",
      data: { content: { value: HOSTILE } },
    });
    expect(sent).toMatchObject({ errcode: 0 });
    await last().locator(".notice", { hasText: "到货通知" }).waitFor();
    expect(await last().locator("dd").textContent()).toBe(HOSTILE);
    await last().getByRole("button", { name: "订阅通知 · 由 API 发送" }).waitFor();
  });

  it("shows that the account is typing, until it sends or takes it back", async () => {
    await say("打字");
    const title = page.locator("#name");
    const typing = (command: string): Promise<object> =>
      api.call("/cgi-bin/message/custom/typing", { touser: me, command });
    expect(await typing("Typing")).toMatchObject({ errcode: 0 });
    await title.filter({ hasText: "对方正在输入…" }).waitFor();
    await typing("CancelTyping");
    await title.filter({ hasText: "我的公众号" }).waitFor();
    await typing("Typing");
    await title.filter({ hasText: "对方正在输入…" }).waitFor();
    await api.send(me, "text", { content: "写完了" });
    await title.filter({ hasText: "我的公众号" }).waitFor();
  });

  describe("the menu", () => {
    it("made by API has sub-menus that open upwards, and whose buttons are pushed", async () => {
      await createMenu([
        {
          name: "服务",
          sub_button: [
            { type: "click", name: "赞一下", key: "GOOD" },
            { type: "click", name: HOSTILE.slice(0, 12), key: "HTML" },
          ],
        },
        { type: "click", name: "帮助", key: "HELP" },
      ]);
      const opener = menu.getByRole("button", { name: "服务" });
      await opener.click();
      const item = menu.getByRole("button", { name: "赞一下" });
      await item.waitFor();
      const [above, below] = [await item.boundingBox(), await opener.boundingBox()];
      expect((above?.y ?? 0) + (above?.height ?? 0)).toBeLessThan(below?.y ?? 0);
      expect(await menu.locator("img").count()).toBe(0);
      const push = await pushOf(() => item.click());
      expect(push).toMatchObject({ Event: "CLICK", EventKey: "GOOD" });
      await chat.getByText("点击菜单「赞一下」").waitFor();
      expect(await item.isVisible()).toBe(false);
    });

    it("is used by keyboard, and says what is open", async () => {
      const opener = menu.getByRole("button", { name: "服务" });
      expect(await opener.getAttribute("aria-expanded")).toBe("false");
      await opener.focus();
      await page.keyboard.press("ArrowUp");
      expect(await opener.getAttribute("aria-expanded")).toBe("true");
      await page.keyboard.press("ArrowDown");
      const push = await pushOf(() => page.keyboard.press("Enter"));
      expect(push).toMatchObject({ EventKey: "GOOD" });
      await opener.focus();
      await page.keyboard.press("Enter");
      await menu.getByRole("button", { name: "赞一下" }).waitFor();
      await page.keyboard.press("Escape");
      expect(await menu.getByRole("button", { name: "赞一下" }).isVisible()).toBe(false);
      await opener.click();
      await page.getByRole("textbox", { name: "发消息" }).click();
      expect(await menu.getByRole("button", { name: "赞一下" }).isVisible()).toBe(false);
    });

    it("has buttons that make the phone scan, take pictures and choose places", async () => {
      const types = ["scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin"];
      await createMenu([
        { name: "工具", sub_button: types.map((type) => ({ type, name: type, key: `K_${type}` })) },
        { type: "location_select", name: "位置", key: "K_location_select" },
      ]);
      for (const type of types) {
        await menu.getByRole("button", { name: "工具" }).click();
        const push = await pushOf(() => menu.getByRole("button", { name: type, exact: true }).click());
        expect(push).toMatchObject({ Event: type, EventKey: `K_${type}` });
        await last().getByText(`菜单「${type}」`).waitFor();
      }
      const push = await pushOf(() => menu.getByRole("button", { name: "位置" }).click());
      expect(push).toMatchObject({ Event: "location_select", EventKey: "K_location_select" });
    });

    it("has buttons that lead elsewhere, and some that WeChat answers by itself", async () => {
      await createMenu([
        { type: "view", name: "网站", url: "https://example.com/shop?a=1" },
        {
          type: "miniprogram",
          name: "点餐",
          url: "https://example.com/",
          appid: "wx0123456789abcdef",
          pagepath: "pages/menu",
        },
        { type: "article_id", name: "文章", article_id: "ARTICLE1" },
      ]);
      const context = page.context();
      await context.route("https://example.com/**", (route) => route.fulfill({ body: "shop" }));
      const opened = context.waitForEvent("page");
      const view = await pushOf(() => menu.getByRole("button", { name: "网站" }).click());
      expect(view).toMatchObject({ Event: "VIEW", EventKey: "https://example.com/shop?a=1" });
      expect((await opened).url()).toBe("https://example.com/shop?a=1");
      await (await opened).close();
      const mini = await pushOf(() => menu.getByRole("button", { name: "点餐" }).click());
      expect(mini).toMatchObject({ Event: "view_miniprogram", EventKey: "pages/menu" });
      await last().getByText("会打开小程序页面 pages/menu").waitFor();
      const before = callback.received.length;
      await menu.getByRole("button", { name: "文章" }).click();
      await last().getByText("ARTICLE1").waitFor();
      expect(callback.received.length).toBe(before);
    });
  });

  it("scans a code that was created by API", async () => {
    const created = await api.call("/cgi-bin/qrcode/create", {
      expire_seconds: 3_600,
      action_name: "QR_STR_SCENE",
      action_info: { scene: { scene_str: "table-7" } },
    });
    await page.getByRole("button", { name: "更多", exact: true }).click();
    await page.getByRole("button", { name: "扫码", exact: true }).click();
    const codes = page.getByRole("list", { name: "账号创建的二维码" });
    await codes.getByRole("button").waitFor();
    // One that is created while the list is open.
    await api.call("/cgi-bin/qrcode/create", {
      action_name: "QR_LIMIT_SCENE",
      action_info: { scene: { scene_id: 42 } },
    });
    await codes.getByRole("button", { name: "42 永久" }).waitFor();
    const code = codes.getByRole("button", { name: "table-7" });
    await code.getByText("过期").waitFor();
    const width = (element: Element): number =>
      element instanceof HTMLImageElement ? element.naturalWidth : 0;
    await expect.poll(() => code.locator("img").evaluate(width)).toBeGreaterThan(0);
    const push = await pushOf(() => code.click());
    expect(push).toMatchObject({ Event: "SCAN", EventKey: "table-7", Ticket: created["ticket"] });
    await chat.getByText("扫描二维码，场景值 table-7").waitFor();
  });

  it("puts calls between the exchanges, the newest first", async () => {
    await page.getByRole("button", { name: "清空" }).click();
    await say("第一");
    await api.send(me, "text", { content: "第二" });
    await newestCall().getByText("第二").waitFor();
    await say("第三");
    await api.send(me, "image", { media_id: "nothing" });
    await newestCall().getByText("40007").waitFor();
    const rows = await page
      .locator("#exchanges > li:not(:has-text('stable_token')) .row-head")
      .allInnerTexts();
    expect(rows.map((row) => /第.|40007/.exec(row)?.[0])).toEqual(["40007", "第三", "第二", "第一"]);
    await newestCall().getByRole("button").first().click();
    await newestCall().getByText("调用没有生效").waitFor();
  });

  describe("the panel in which WeChat misbehaves", () => {
    const panel = (): Locator => page.getByRole("region", { name: "微信故障" });

    it("opens, and offers every kind of fault", async () => {
      const toggle = page.getByRole("button", { name: "微信故障" });
      await toggle.click();
      expect(await toggle.getAttribute("aria-expanded")).toBe("true");
      await panel().getByText("没有设置故障").waitFor();
      const kinds = await panel()
        .getByLabel("故障", { exact: true })
        .locator("option")
        .evaluateAll((options) => options.map((option) => option.getAttribute("value")));
      expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
    });

    it("makes the next call fail, once, and tells", async () => {
      await panel().getByLabel("接口").selectOption(SEND);
      await panel().getByLabel("errcode").fill("45015");
      await panel().getByRole("button", { name: "设置" }).click();
      await panel().getByText("已发生 0/1 次").waitFor();
      await say("故障");
      expect(await api.send(me, "text", { content: "收不到" })).toMatchObject({ errcode: 45_015 });
      await panel().getByText("已发生 1/1 次").waitFor();
      const row = page.locator(".call", { hasText: "收不到" });
      await row.getByText("返回 errcode").waitFor();
      expect(await chat.getByText("收不到").count()).toBe(0);
      expect(await api.send(me, "text", { content: "收得到" })).toMatchObject({ errcode: 0 });
      await chat.getByText("收得到").waitFor();
    });

    it("cuts a connection after the call was carried out", async () => {
      await panel().getByLabel("故障", { exact: true }).selectOption("reset-after");
      await panel().getByRole("button", { name: "设置" }).click();
      await panel().getByText("已发生 0/1 次").waitFor();
      await expect(api.send(me, "text", { content: "断开了" })).rejects.toThrow("fetch failed");
      await chat.getByText("断开了").waitFor();
      const row = page.locator(".call", { hasText: "断开了" });
      await row.getByText("没有回答").waitFor();
      await row.getByRole("button").first().click();
      await row.getByText("调用已经生效").waitFor();
    });

    it("has faults until they are cleared, on any call", async () => {
      await panel().getByLabel("接口").selectOption("");
      await panel().getByLabel("故障", { exact: true }).selectOption("status");
      await panel().getByLabel("次数").fill("0");
      await panel().getByRole("button", { name: "设置" }).click();
      await panel().getByText("一直有效").waitFor();
      await expect(api.token()).rejects.toThrow("JSON");
      await newestCall().getByText("状态 502").waitFor();
      await panel().getByRole("button", { name: "清除故障" }).click();
      await panel().getByText("没有设置故障").waitFor();
      expect(await api.token()).toHaveProperty("access_token");
    });

    it("lets another program renew the token", async () => {
      const { access_token: old } = await api.token();
      await panel().getByRole("button", { name: "另一个程序换了 token" }).click();
      await panel().getByText("access_token 全部失效").waitFor();
      const body = { touser: me, msgtype: "text", text: { content: "旧的" } };
      expect(await api.call(SEND, body, old)).toMatchObject({ errcode: 40_001 });
      expect(await api.call(SEND, body)).toMatchObject({ errcode: 0 });
    });

    it("takes this machine off the list of addresses, and puts it back", async () => {
      const off = panel().getByLabel("本机不在 IP 白名单");
      await off.check();
      await expect.poll(() => api.token()).toMatchObject({ errcode: 40_164 });
      await off.uncheck();
      await expect.poll(() => api.token()).toHaveProperty("access_token");
    });

    it("makes it an account of another kind, on the phone too", async () => {
      await panel().getByLabel("账号类型").selectOption("personal");
      await page.locator("#facts", { hasText: "个人订阅号" }).waitFor();
      await menu.waitFor({ state: "hidden" });
      expect(await api.send(me, "text", { content: "没有权限" })).toMatchObject({ errcode: 48_001 });
      await panel().getByLabel("账号类型").selectOption("service");
      await page.locator("#facts", { hasText: "认证服务号" }).waitFor();
      await menu.waitFor();
    });
  });

  it("says all that in English too", async () => {
    await page.getByRole("button", { name: "English" }).click();
    const panel = page.getByRole("region", { name: "WeChat misbehaves" });
    await panel.getByText("No faults are set.").waitFor();
    expect(await panel.innerText()).not.toMatch(/[\u4e00-\u9fff]/);
    expect(await chat.locator(".mark, .system").allInnerTexts()).not.toContain(MARK);
    await page.getByRole("button", { name: "中文" }).click();
  });

  it("never complained", () => {
    expect(complaints).toEqual([]);
  });

  it("goes on when the simulator was started anew", async () => {
    const port = Number(new URL(simulator.url).port);
    await simulator.close();
    await page.getByRole("alert").getByText("连接不上模拟器").waitFor();
    simulator = await serveSimulator({ accounts: [account] }, port);
    await page.getByRole("alert").waitFor({ state: "hidden" });
    await expect.poll(() => chat.locator("li").count()).toBe(0);
    await say("又在了");
    await chat.getByText("又在了").waitFor();
    expect(await api.send(me, "text", { content: "欢迎回来" })).toMatchObject({ errcode: 0 });
    await chat.getByText("欢迎回来").waitFor();
  });
});
