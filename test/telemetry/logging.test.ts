import { describe, expect, test } from "vitest";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("request ids", () => {
  test("an incoming X-Request-ID is honoured and returned", async () => {
    const { headers } = await new FrontDoor().push(textXml("x"), {
      headers: { "X-Request-ID": "abc-1.2_3" },
    });
    expect(headers.get("x-request-id")).toBe("abc-1.2_3");
    expect(logs.named("push_answered")).toMatchObject([{ request_id: "abc-1.2_3" }]);
  });

  test("an incoming traceparent is continued with a span of our own", async () => {
    const { headers } = await new FrontDoor().push(textXml("x"), { headers: { traceparent: TRACEPARENT } });
    const [line] = logs.named("push_answered");
    expect(line?.["request_id"]).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
    expect(headers.get("traceparent")).toBe(
      `00-4bf92f3577b34da6a3ce929d0e0e4736-${String(line?.["span_id"])}-01`,
    );
  });

  test.each(["a b", "x".repeat(129), '"}{"', "a\tb"])("the id %j is replaced by one of ours", async (id) => {
    const answer = await new FrontDoor().push(textXml("x"), { headers: { "X-Request-ID": id } });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("two requests have two ids, in the log and on refusals", async () => {
    const door = new FrontDoor();
    for (let i = 0; i < 200; i++) await door.push(textXml("hello"));
    const ids = logs.named("push_answered").map((line) => line["request_id"]);
    expect(new Set(ids).size).toBe(200);
    const { headers } = await door.push(textXml("hello"), { query: { signature: "0".repeat(40) } });
    expect(headers.get("x-request-id")).toBe(logs.named("push_refused")[0]?.["request_id"]);
  });
});

describe("log lines", () => {
  test("are one JSON object with the agreed fields, without content or user", async () => {
    await new FrontDoor().push(textXml("words of a user", { MsgId: "42" }));
    const [line] = logs.named("push_answered");
    expect(line).toMatchObject({
      level: "info",
      account: "default",
      product: "oa",
      selector: "text",
      message_key: "m:42",
      route: "passive",
      outcome: "text",
    });
    expect(line?.["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line?.["span_id"]).toMatch(/^[0-9a-f]{16}$/);
    expect(line?.["duration_ms"]).toEqual(expect.any(Number));
    expect(logs.text).not.toContain("words of a user");
    expect(logs.text).not.toContain(OPENID);
  });

  test("have the content when it is asked for", async () => {
    await new FrontDoor({ ...SECURE, LOG_CONTENT: "true" }).push(textXml("words of a user"));
    expect(logs.text).toContain("words of a user");
    expect(logs.text).toContain(OPENID);
  });

  test("below LOG_LEVEL are not written", async () => {
    const door = new FrontDoor({ ...SECURE, LOG_LEVEL: "warn" });
    await door.push(textXml("hello"));
    expect(logs.named("push_answered")).toEqual([]);
  });
});
