/** Signatures for web pages: WeChat's own samples, and what pages are given. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { jsSdkSignature } from "../../src/api/calls/js-sdk.ts";
import { ApiInputError } from "../../src/errors.ts";
import { sign } from "../../src/protocol/signature.ts";
import { apiOf, ApiIsolate, Platform } from "../support/platform.ts";
import { appIdOf, KINDS } from "../support/platform-accounts.ts";
import { OPENID } from "../support/wechat.ts";
import vectors from "../vectors/js-sdk.json";

const TICKET = "/cgi-bin/ticket/getticket";
const PAGE = "https://example.com/page?a=1&b=%E4%BA%8C";

const service = new Platform("service");
beforeEach(async () => {
  await service.reset();
  return () => vi.useRealTimers();
});

/** The ticket that the account has. */
async function ticketOf(type: "jsapi" | "wx_card"): Promise<string> {
  const { ticket } = await apiOf("service").call<{ ticket: string }>("GET", TICKET, { query: { type } });
  return ticket;
}

describe("published signatures", () => {
  test("a page's", async () => {
    expect(await jsSdkSignature(vectors.page)).toBe(vectors.page.signature);
  });

  test("a card's", async () => {
    const { ticket, timestamp, cardId, code, nonce, signature } = vectors.card;
    expect(await sign(ticket, timestamp, cardId, code, "", nonce)).toBe(signature);
  });
});

describe("the parameters of wx.config", () => {
  test("are signed with the account's ticket", async () => {
    const config = await apiOf("service").jsSdk.config(PAGE, {
      apis: ["scanQRCode"],
      openTags: ["wx-open-launch-weapp"],
    });
    expect(config).toEqual({
      appId: appIdOf("service"),
      timestamp: expect.any(Number),
      nonceStr: expect.stringMatching(/^[a-z0-9]{32}$/),
      signature: expect.stringMatching(/^[0-9a-f]{40}$/),
      jsApiList: ["scanQRCode"],
      openTagList: ["wx-open-launch-weapp"],
    });
    const { nonceStr, timestamp, signature } = config;
    expect(Math.abs(timestamp - Date.now() / 1_000)).toBeLessThan(60);
    const ticket = await ticketOf("jsapi");
    expect(await jsSdkSignature({ ticket, nonceStr, timestamp, url: PAGE })).toBe(signature);
  });

  test("leave out what stands after #", async () => {
    const page = { ticket: "t", nonceStr: "n", timestamp: 1 };
    const plain = await jsSdkSignature({ ...page, url: PAGE });
    expect(await jsSdkSignature({ ...page, url: `${PAGE}#/route?x#y` })).toBe(plain);
    expect(await jsSdkSignature({ ...page, url: decodeURIComponent(PAGE) })).not.toBe(plain);
  });

  test("are other ones each time, by the same ticket", async () => {
    const isolate = new ApiIsolate("service");
    const configs = await Promise.all([1, 2, 3].map(() => isolate.api.jsSdk.config(PAGE)));
    expect(new Set(configs.map(({ nonceStr }) => nonceStr)).size).toBe(3);
    await new ApiIsolate("service").api.jsSdk.config(PAGE);
    expect(await service.calls(TICKET)).toMatchObject([{ query: { type: "jsapi" } }]);
    expect(configs[0]).toMatchObject({ jsApiList: [], openTagList: [] });
  });

  test("come from a new ticket when the old one is over", async () => {
    await apiOf("service").jsSdk.config(PAGE);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7_200_000 });
    await apiOf("service").jsSdk.config(PAGE);
    expect(await service.calls(TICKET)).toHaveLength(2);
  });

  test("are made with another token when WeChat refuses the first", async () => {
    await apiOf("service").call("GET", "/cgi-bin/getcallbackip");
    await service.tokens("invalidate");
    expect(await apiOf("service").jsSdk.config(PAGE)).toMatchObject({ appId: appIdOf("service") });
    expect((await service.calls(TICKET)).map(({ errcode }) => errcode)).toEqual([40001, 0]);
  });

  test.each(["", "/page", "example.com", "ftp://example.com/", "https://"])(
    "need a page, not %j",
    async (url) => {
      await expect(apiOf("service").jsSdk.config(url)).rejects.toThrow(ApiInputError);
      expect(await service.calls()).toEqual([]);
    },
  );

  test("say why there are none", async () => {
    await service.fault({ kind: "errcode", errcode: 45009, path: TICKET });
    await expect(apiOf("service").jsSdk.config(PAGE)).rejects.toMatchObject({
      errcode: 45009,
      reaction: "quota",
    });
  });

  test.each(KINDS)("are there for accounts of kind %s", async (kind) => {
    await new Platform(kind).reset();
    expect(await apiOf(kind).jsSdk.config(PAGE)).toMatchObject({ appId: appIdOf(kind) });
  });
});

describe("the extension of a card", () => {
  test("is signed with a ticket of its own", async () => {
    const text = await apiOf("service").jsSdk.cardExt("card", {
      code: "1",
      openid: OPENID,
      outerStr: "门店",
    });
    const ext: Record<string, string> = JSON.parse(text);
    const { timestamp = "", nonce_str = "", signature } = ext;
    expect(ext).toEqual({ code: "1", openid: OPENID, outer_str: "门店", timestamp, nonce_str, signature });
    expect(timestamp).toMatch(/^\d{10}$/);
    expect(nonce_str).toMatch(/^[a-z0-9]{1,32}$/);
    expect(await service.calls(TICKET)).toMatchObject([{ query: { type: "wx_card" } }]);
    const ticket = await ticketOf("wx_card");
    expect(signature).toBe(await sign(ticket, timestamp, "card", "1", OPENID, nonce_str));
    expect(ticket).not.toBe(await ticketOf("jsapi"));
  });

  test("has no more in it than it needs", async () => {
    const ext = JSON.parse(await apiOf("service").jsSdk.cardExt("card"));
    expect(Object.keys(ext)).toEqual(["timestamp", "nonce_str", "signature"]);
  });

  test("needs a card", async () => {
    await expect(apiOf("service").jsSdk.cardExt("")).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual([]);
  });
});
