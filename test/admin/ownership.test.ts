import { describe, expect, test } from "vitest";
import { readOwnershipFiles } from "../../src/admin/ownership.ts";
import { type Answer, FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";

const LISTED = "MP_verify_AbCd1234EfGh5678.txt, WW_verify_0123456789abcdef.txt,q1W2e3R4.txt=c576c839=/+";

describe("ownership files", () => {
  const door = new FrontDoor({ ...SECURE, WECHAT_OWNERSHIP_FILES: LISTED });
  const get = (path: string, method = "GET"): Promise<Answer> =>
    door.fetch(new Request(`https://bot.example.com${path}`, { method }));

  test.each([
    ["/MP_verify_AbCd1234EfGh5678.txt", "AbCd1234EfGh5678"],
    ["/WW_verify_0123456789abcdef.txt", "0123456789abcdef"],
    ["/q1W2e3R4.txt", "c576c839=/+"],
    ["/MP_verify_AbCd1234EfGh5678.txt?t=1", "AbCd1234EfGh5678"],
  ])("%s holds exactly %s", async (path, content) => {
    const { status, headers, body } = await get(path);
    expect([status, body]).toEqual([200, content]);
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const head = await get(path, "HEAD");
    expect([head.status, head.body]).toEqual([200, ""]);
    expect(head.headers.get("content-length")).toBe(String(content.length));
  });

  test.each([
    "/MP_verify_AbCd1234EfGh5679.txt",
    "/WW_verify_AbCd1234EfGh5678.txt",
    "/mp_verify_AbCd1234EfGh5678.txt",
    "/MP_verify_AbCd1234EfGh5678.txt/",
    "/MP_verify_AbCd1234EfGh5678",
    "/wechat/../x/MP_verify_AbCd1234EfGh5678.txt",
    "/q1W2e3R4.txt=c576c839",
    "/constructor",
    "/__proto__",
  ])("%s is not found", async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: "not found" });
  });

  test("only GET and HEAD are answered", async () => {
    expect((await get("/q1W2e3R4.txt", "POST")).status).toBe(404);
  });

  test("without a list no such name is answered", async () => {
    const url = "https://bot.example.com/MP_verify_AbCd1234EfGh5678.txt";
    expect((await new FrontDoor(SECURE).fetch(new Request(url))).status).toBe(404);
  });

  test("are served before there is an account: the domain may come first", async () => {
    const early = new FrontDoor({ WECHAT_OWNERSHIP_FILES: LISTED });
    const { body } = await early.fetch(new Request("https://bot.example.com/q1W2e3R4.txt"));
    expect(body).toBe("c576c839=/+");
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test.each([
    ["a name without .txt", "MP_verify_AbCd1234", /entry 1 must begin with a file's name/],
    ["a path", "MP_verify_AbCd1234.txt,../x.txt=1", /entry 2 must begin with a file's name/],
    ["nothing between two commas", "MP_verify_AbCd1234.txt,,", /entry 2 must begin/],
    ["another file without a content", "AbCd1234.txt", /entry 1 must say what the file holds/],
    ["a content of two words", "AbCd1234.txt=a b", /entry 1 must hold one word/],
    ["an empty content", "AbCd1234.txt=", /entry 1 must hold one word/],
    ["the same name twice", "A.txt=1,A.txt=2", /entry 2 names a file a second time/],
  ])("%s is a fault of the configuration", async (_name, list, fault) => {
    const { faults } = readOwnershipFiles({ WECHAT_OWNERSHIP_FILES: list });
    expect(faults[0]).toMatch(/^WECHAT_OWNERSHIP_FILES: /);
    expect(faults[0]).toMatch(fault);
    const broken = new FrontDoor({ ...SECURE, WECHAT_OWNERSHIP_FILES: list });
    expect((await broken.fetch(new Request("https://bot.example.com/healthz"))).status).toBe(503);
    expect(logs.named("config_invalid")).toMatchObject([{ faults }]);
  });

  test("what is right in a list with a fault is served all the same", () => {
    const { files, faults } = readOwnershipFiles({
      WECHAT_OWNERSHIP_FILES: "bad,MP_verify_A1.txt,A.txt=1,A.txt=2",
    });
    expect([...files]).toEqual([["MP_verify_A1.txt", "A1"], ["A.txt", "1"]]); // prettier-ignore
    expect(faults).toHaveLength(2);
  });
});
