/** Users, as WeChat tells of them. */
import { beforeEach, describe, expect, test } from "vitest";
import { allOpenids, type OpenidPage } from "../../src/api/calls/openids.ts";
import type { Users } from "../../src/api/calls/users.ts";
import { ApiInputError } from "../../src/errors.ts";
import { ApiIsolate, apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const INFO = "/cgi-bin/user/info";
const BATCH = "/cgi-bin/user/info/batchget";
const LIST = "/cgi-bin/user/get";
const REMARK = "/cgi-bin/user/info/updateremark";
const GET_BLACKLIST = "/cgi-bin/tags/members/getblacklist";
const BLACKLIST = "/cgi-bin/tags/members/batchblacklist";
const UNBLACKLIST = "/cgi-bin/tags/members/batchunblacklist";

const service = new Platform("service");
const OTHER = "oOther123456789abcdefghijkl";

beforeEach(() => service.reset());

function users(kind: "service" | "personal" = "service"): Users {
  return apiOf(kind).users;
}

async function collected(openids: AsyncIterable<string>): Promise<string[]> {
  return Array.fromAsync(openids);
}

/** The last call of a path, as WeChat got it. */
async function seen(path: string): Promise<unknown> {
  const { query, body } = (await service.calls(path)).at(-1) ?? {};
  return { query, body };
}

describe("info", () => {
  test("tells how and when a follower came", async () => {
    await service.act(OPENID, { action: "unfollow" });
    await service.act(OPENID, { action: "scan", scene: "table-7" });
    const user = await users().info(OPENID);
    expect(user).toMatchObject({
      subscribe: 1,
      openid: OPENID,
      subscribe_scene: "ADD_SCENE_QR_CODE",
      qr_scene: 0,
      qr_scene_str: "table-7",
      remark: "",
      tagid_list: [],
      unionid: expect.any(String),
    });
    expect(user.subscribe === 1 && Math.abs(user.subscribe_time - Date.now() / 1_000)).toBeLessThan(60);
    expect(await seen(INFO)).toEqual({ query: { openid: OPENID, lang: "zh_CN" }, body: null });
  });

  test("tells nothing of somebody who has left", async () => {
    await service.act(OPENID, { action: "unfollow" });
    expect(await users().info(OPENID, { lang: "en" })).toMatchObject({ subscribe: 0, openid: OPENID });
    expect(await seen(INFO)).toMatchObject({ query: { lang: "en" } });
  });

  test("refuses an openid of another account: 40003", async () => {
    await expect(users().info(OTHER)).rejects.toMatchObject({ errcode: 40003, reaction: "recipient" });
  });

  test("needs an openid", async () => {
    await expect(users().info("")).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual([]);
  });
});

describe("batchInfo", () => {
  test("tells of many, in the order of the question", async () => {
    await service.phone(OPENID);
    await service.phone(OTHER);
    const told = await users().batchInfo([OTHER, OPENID], { lang: "zh_TW" });
    expect(told.map(({ openid, subscribe }) => [openid, subscribe])).toEqual([
      [OTHER, 1],
      [OPENID, 1],
    ]);
    expect(await seen(BATCH)).toEqual({
      query: {},
      body: {
        user_list: [
          { openid: OTHER, lang: "zh_TW" },
          { openid: OPENID, lang: "zh_TW" },
        ],
      },
    });
  });

  test("takes 100", async () => {
    await service.phone(OPENID);
    expect(await users().batchInfo(Array<string>(100).fill(OPENID))).toHaveLength(100);
  });

  test.each([
    ["none", [], "1 to 100 openids, not 0"],
    ["101", Array<string>(101).fill(OPENID), "1 to 100 openids, not 101"],
    ["an empty one", [OPENID, ""], "openid is empty"],
  ])("%s: refused without a call", async (_what, openids, message) => {
    await expect(users().batchInfo(openids)).rejects.toThrow(message);
    expect(await service.calls()).toEqual([]);
  });
});

describe("the list of followers", () => {
  test("comes in parts, and leaves out who has left", async () => {
    for (const openid of ["oA", "oB", "oC"]) await service.phone(openid);
    await service.act("oB", { action: "unfollow" });
    expect(await users().list()).toEqual({
      total: 2,
      count: 2,
      data: { openid: ["oA", "oC"] },
      next_openid: "oC",
    });
    expect(await seen(LIST)).toEqual({ query: {}, body: null });
    expect(await users().list({ nextOpenid: "oA" })).toMatchObject({ data: { openid: ["oC"] } });
    expect(await seen(LIST)).toEqual({ query: { next_openid: "oA" }, body: null });
    expect(await users().list({ nextOpenid: "oC" })).toEqual({
      total: 2,
      count: 0,
      data: { openid: [] },
      next_openid: "",
    });
  });

  test("is gone through to its end", async () => {
    for (const openid of ["oA", "oB", "oC"]) await service.phone(openid);
    expect(await collected(users().all())).toEqual(["oA", "oB", "oC"]);
    expect(await collected(users().all({ nextOpenid: "oA" }))).toEqual(["oB", "oC"]);
    expect((await service.calls(LIST)).map(({ query }) => query["next_openid"])).toEqual([
      undefined,
      "oC",
      "oA",
      "oC",
    ]);
  });

  test("nobody follows: one call", async () => {
    expect(await collected(users().all())).toEqual([]);
    expect(await service.calls(LIST)).toHaveLength(1);
  });

  test("stops when asked to", async () => {
    for (const openid of ["oA", "oB", "oC"]) await service.phone(openid);
    for await (const openid of users().all()) if (openid === "oB") break;
    expect(await service.calls(LIST)).toHaveLength(1);
  });

  test("the day's 500 calls are used up: 45009, and no further call today", async () => {
    await service.control("POST", "quota", { path: LIST, used: 500 });
    const { api } = new ApiIsolate("service");
    await expect(api.users.list()).rejects.toMatchObject({ errcode: 45009, reaction: "quota" });
    await expect(collected(api.users.all())).rejects.toMatchObject({ errcode: 45009, remembered: true });
    expect(await service.calls(LIST)).toHaveLength(1);
  });
});

describe("parts of a list", () => {
  const part = (openid: readonly string[], next_openid: string): OpenidPage => ({
    count: openid.length,
    data: { openid },
    next_openid,
  });

  test.each([
    ["an empty next_openid", [part(["a", "b"], "b"), part(["c"], "")], ["a", "b", "c"]],
    ["an empty part", [part(["a"], "a"), part([], "a")], ["a"]],
    ["the same next_openid again", [part(["a"], "a"), part(["a"], "a")], ["a", "a"]],
  ])("end with %s", async (_what, parts, openids) => {
    const asked: (string | undefined)[] = [];
    const page = async (next: string | undefined): Promise<OpenidPage> => {
      asked.push(next);
      return parts[asked.length - 1] ?? part(["too many calls"], "x");
    };
    expect(await collected(allOpenids(page))).toEqual(openids);
    expect(asked).toHaveLength(parts.length);
  });
});

describe("remarks", () => {
  test("are read with the user", async () => {
    await service.phone(OPENID);
    await users().setRemark(OPENID, "老王 😀");
    expect(await users().info(OPENID)).toMatchObject({ remark: "老王 😀" });
    expect(await seen(REMARK)).toEqual({ query: {}, body: { openid: OPENID, remark: "老王 😀" } });
    await users().setRemark(OPENID, "");
    expect(await users().info(OPENID)).toMatchObject({ remark: "" });
  });

  test("have fewer than 30 bytes", async () => {
    await service.phone(OPENID);
    await users().setRemark(OPENID, `${"😀".repeat(7)}x`);
    const before = await service.calls();
    for (const remark of ["x".repeat(30), "十".repeat(10)]) {
      await expect(users().setRemark(OPENID, remark)).rejects.toThrow("at most 29 bytes; this one has 30");
    }
    await expect(users().setRemark("", "x")).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual(before);
  });

  test("are set again after a broken connection", async () => {
    await service.phone(OPENID);
    await service.fault({ kind: "reset-after", path: REMARK });
    await users().setRemark(OPENID, "x");
    expect(await service.calls(REMARK)).toHaveLength(2);
  });

  test("40092: WeChat does not like the remark", async () => {
    await service.fault({ kind: "errcode", errcode: 40092, path: REMARK });
    await expect(users().setRemark(OPENID, "x")).rejects.toMatchObject({ errcode: 40092, reaction: "input" });
  });
});

describe("the blacklist", () => {
  test("is read, added to, and taken from", async () => {
    const { blacklist } = users();
    for (const openid of ["oA", "oB", "oC"]) await service.phone(openid);
    await blacklist.add(["oC", "oA"]);
    expect(await seen(BLACKLIST)).toEqual({ query: {}, body: { openid_list: ["oC", "oA"] } });
    expect(await blacklist.list()).toEqual({
      total: 2,
      count: 2,
      data: { openid: ["oA", "oC"] },
      next_openid: "oC",
    });
    expect(await seen(GET_BLACKLIST)).toEqual({ query: {}, body: { begin_openid: "" } });
    expect(await collected(blacklist.all())).toEqual(["oA", "oC"]);
    await blacklist.remove(["oA"]);
    expect(await seen(UNBLACKLIST)).toEqual({ query: {}, body: { openid_list: ["oA"] } });
    expect(await collected(blacklist.all())).toEqual(["oC"]);
  });

  test("takes 1 to 20 at a time", async () => {
    const { blacklist } = users();
    for (const openids of [[], Array<string>(21).fill("oA"), [""]]) {
      await expect(blacklist.add(openids)).rejects.toThrow(ApiInputError);
      await expect(blacklist.remove(openids)).rejects.toThrow(ApiInputError);
    }
    expect(await service.calls()).toEqual([]);
    await service.phone("oA");
    await blacklist.add(Array<string>(20).fill("oA"));
    expect(await service.calls(BLACKLIST)).toHaveLength(1);
  });

  test("refuses users of other accounts: 40003", async () => {
    await expect(users().blacklist.add([OTHER])).rejects.toMatchObject({ errcode: 40003 });
  });
});

describe("accounts without users", () => {
  test.each(["personal", "service-unverified"] as const)(
    "%s, taken for another kind: 48001, remembered per call",
    async (kind) => {
      const platform = new Platform(kind);
      await platform.reset();
      const { api } = claimingIsolate(kind);
      const calls = [
        [INFO, () => api.users.info(OPENID)],
        [BATCH, () => api.users.batchInfo([OPENID])],
        [LIST, () => api.users.list()],
        [REMARK, () => api.users.setRemark(OPENID, "x")],
        [GET_BLACKLIST, () => api.users.blacklist.list()],
        [BLACKLIST, () => api.users.blacklist.add([OPENID])],
        [UNBLACKLIST, () => api.users.blacklist.remove([OPENID])],
      ] as const;
      for (const [path, call] of calls) {
        await expect(call()).rejects.toMatchObject({
          errcode: 48001,
          reaction: "permission",
          remembered: false,
        });
        await expect(call()).rejects.toMatchObject({ errcode: 48001, remembered: true });
        expect(await platform.calls(path)).toHaveLength(1);
      }
    },
  );
});
