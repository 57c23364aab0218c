/** The page of web login in a real browser. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import { APP_ID, TOKEN } from "../../support/wechat.ts";
import { launchBrowser, NO_BROWSER, openPage } from "../support/browser.ts";
import { type CallbackServer, startCallbackServer } from "../support/callback-server.ts";
import { freePorts } from "../support/ports.ts";

const browser = await launchBrowser();

describe.skipIf(browser === undefined)(browser ? "the page of web login" : NO_BROWSER, () => {
  let simulator: SimulatorServer;
  let site: CallbackServer;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    site = await startCallbackServer((_, response) => response.end("logged in"));
    simulator = await serveSimulator(
      {
        accounts: [
          { id: "default", url: site.url, token: TOKEN, appId: APP_ID, appSecret: "secret", kind: "service" },
        ],
      },
      await freePorts(),
    );
    page = await openPage(browser, simulator.url, complaints);
  });
  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
    await site?.close();
  });

  const link = (scope: string, changes: Readonly<Record<string, string>> = {}): string => {
    const query = {
      appid: APP_ID,
      redirect_uri: `${site.url}/login`,
      response_type: "code",
      scope,
      state: "s1",
    };
    return `${simulator.url}/connect/oauth2/authorize?${new URLSearchParams({ ...query, ...changes }).toString()}`;
  };
  const returned = (): Promise<void> => page.waitForURL(/\/login\?code=[\w-]{32}&state=s1$/);

  it("goes on at once where only the openid is asked for", async () => {
    await page.goto(`${link("snsapi_base")}#wechat_redirect`);
    await returned();
  });

  it("asks before it tells name and picture, those of the phone's user", async () => {
    await page.goto(simulator.url);
    const openid = await page.evaluate(() => localStorage.getItem("wechat-edge.openid"));
    await page.goto(`${link("snsapi_userinfo")}#wechat_redirect`);
    await page.getByText("申请获取你的昵称、头像").waitFor();
    await page.getByRole("button", { name: "允许" }).click();
    await returned();
    const code = new URL(page.url()).searchParams.get("code") ?? "";
    const query = new URLSearchParams({
      appid: APP_ID,
      secret: "secret",
      code,
      grant_type: "authorization_code",
    });
    const response = await fetch(`${simulator.url}/sns/oauth2/access_token?${query.toString()}`);
    expect(await response.json()).toMatchObject({ scope: "snsapi_userinfo", openid });
  });

  it("gives nothing to a page that was refused", async () => {
    await page.goto(`${link("snsapi_userinfo")}#wechat_redirect`);
    await page.getByRole("button", { name: "拒绝" }).click();
    await page.getByText("你已拒绝授权").waitFor();
    expect(page.url()).toContain("/connect/oauth2/authorize");
  });

  it("says what is wrong, with WeChat's code", async () => {
    await page.goto(`${link("snsapi_base", { redirect_uri: "http://elsewhere.example/" })}#wechat_redirect`);
    await page.getByRole("alert").getByText("redirect_uri域名与后台配置不一致").waitFor();
    await page.getByText("错误码：10003").waitFor();
  });

  it("wants the fragment", async () => {
    await page.goto(link("snsapi_base"));
    await page.getByRole("alert").getByText("#wechat_redirect").waitFor();
  });

  it("complained of nothing but the refused question", () => {
    expect(complaints.filter((text) => !text.includes("400 (Bad Request)"))).toEqual([]);
  });
});
