/** Calls by way of the relay: the real one, in front of the simulated platform. */
import { beforeEach, describe, expect, inject, test } from "vitest";
import { ApiIsolate, Platform } from "../support/platform.ts";
import { RELAY_SECRET } from "../support/platform-accounts.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const SEND = "/cgi-bin/message/custom/send";
const IPS = "/cgi-bin/getcallbackip";

beforeEach(() => service.reset());

function throughRelay(vars: Readonly<Record<string, string>> = {}): ApiIsolate {
  return new ApiIsolate("service", {
    WECHAT_API_BASE: inject("relayUrl"),
    WECHAT_RELAY_SECRET: RELAY_SECRET,
    ...vars,
  });
}

describe("through the relay", () => {
  test("tokens, reads, sends and files arrive", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    const { api } = throughRelay();
    expect(await api.call("GET", IPS)).toHaveProperty("ip_list");
    await api.customerService.send(OPENID, "经中继 😀");
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    const uploaded = await api.call<{ media_id: string }>("POST", "/cgi-bin/media/upload", {
      query: { type: "image" },
      upload: {
        field: "media",
        texts: {},
        file: { filename: "a.jpg", contentType: "image/jpeg", content: new Blob([JPEG_HEAD, bytes]) },
      },
    });
    expect(uploaded.media_id).toMatch(/./);
    expect(await service.calls(SEND)).toMatchObject([{ effect: true }]);
  });

  test("with a wrong secret: refused, nothing sent, and the error says what to set", async () => {
    const { api } = throughRelay({ WECHAT_RELAY_SECRET: "f".repeat(32) });
    await expect(api.call("GET", IPS)).rejects.toMatchObject({
      code: "api_relay_refused",
      outcome: "not-sent",
      hint: expect.stringContaining("WECHAT_RELAY_SECRET"),
    });
    expect(await service.calls()).toHaveLength(0);
  });

  test("that cannot reach WeChat's host says so: even a send is tried again at the next one", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    const isolate = throughRelay();
    await isolate.api.call("GET", IPS);
    const { apiBases } = isolate.shared.account;
    Object.assign(isolate.shared.account, { apiBases });
    await isolate.api.customerService.send(OPENID, "once");
    expect(await service.calls(SEND)).toHaveLength(1);
  });

  test("a send whose connection breaks behind the relay stays unknown, and is made once", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    await service.fault({ kind: "reset", path: SEND, times: 0 });
    await expect(throughRelay().api.customerService.send(OPENID, "x")).rejects.toMatchObject({
      code: "api_unreachable",
      outcome: "unknown",
    });
    expect(await service.calls(SEND)).toHaveLength(1);
  });
});

/** What makes a file a JPEG. */
const JPEG_HEAD = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0]);
