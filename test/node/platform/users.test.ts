/** Followers and their tags. */
import { beforeEach, describe, expect, test } from "vitest";
import { SimulatedApi, USER } from "../support/simulated-account.ts";

const OK = { errcode: 0, errmsg: "ok" };

let api: SimulatedApi;
beforeEach(() => {
  api = new SimulatedApi("subscription");
});

const seconds = () => Math.floor(api.now / 1000);

describe("users", () => {
  test("somebody who follows", async () => {
    await api.act({ action: "text", Content: "a" });
    expect(await api.get("/cgi-bin/user/info", { openid: USER, lang: "zh_CN" })).toEqual({
      subscribe: 1,
      openid: USER,
      nickname: "",
      sex: 0,
      language: "zh_CN",
      city: "",
      province: "",
      country: "",
      headimgurl: "",
      subscribe_time: seconds(),
      unionid: expect.any(String),
      remark: "",
      groupid: 0,
      tagid_list: [],
      subscribe_scene: "ADD_SCENE_SEARCH",
      qr_scene: 0,
      qr_scene_str: "",
    });
  });

  test.each<[string, object]>([
    ["42", { qr_scene: 42, qr_scene_str: "" }],
    ["door", { qr_scene: 0, qr_scene_str: "door" }],
  ])("somebody who came by the code of scene %s, later", async (scene, expected) => {
    api = new SimulatedApi("service");
    await api.act({ action: "unfollow" });
    expect(await api.get("/cgi-bin/user/info", { openid: USER })).toEqual({
      subscribe: 0,
      openid: USER,
      tagid_list: [],
    });
    api.now += 5_000;
    await api.act({ action: "scan", scene });
    expect(await api.get("/cgi-bin/user/info", { openid: USER })).toMatchObject({
      subscribe: 1,
      subscribe_time: seconds(),
      subscribe_scene: "ADD_SCENE_QR_CODE",
      ...expected,
    });
  });

  test("nobody", async () => {
    expect(await api.get("/cgi-bin/user/info", { openid: "oNobody" })).toMatchObject({ errcode: 40003 });
    expect(await api.get("/cgi-bin/user/info")).toMatchObject({ errcode: 41009 });
  });

  test("many at once, up to a hundred", async () => {
    await api.menu("oA");
    await api.menu("oB");
    const batch = (openids: readonly string[]) =>
      api.post("/cgi-bin/user/info/batchget", { user_list: openids.map((openid) => ({ openid })) });
    expect(await batch(["oB", "oA"])).toMatchObject({ user_info_list: [{ openid: "oB" }, { openid: "oA" }] });
    expect(await batch(["oB", "oNobody"])).toMatchObject({ errcode: 40003 });
    expect(await batch(Array.from({ length: 101 }, () => "oA"))).toMatchObject({ errcode: 40032 });
    expect(await api.post("/cgi-bin/user/info/batchget", {})).toMatchObject({ errcode: 47001 });
  });

  test("a remark", async () => {
    await api.menu();
    const remark = (text: unknown, openid = USER) =>
      api.post("/cgi-bin/user/info/updateremark", { openid, remark: text });
    expect(await remark("老朋友")).toEqual(OK);
    expect(await api.get("/cgi-bin/user/info", { openid: USER })).toMatchObject({ remark: "老朋友" });
    expect(await remark("你".repeat(10))).toEqual(OK);
    expect(await remark(`${"你".repeat(10)}a`)).toMatchObject({ errcode: 40092 });
    expect(await remark(5)).toMatchObject({ errcode: 40092 });
    expect(await remark("x", "oNobody")).toMatchObject({ errcode: 40003 });
  });

  test("the list has everybody who follows, and ends with an empty page", async () => {
    for (const openid of ["oC", "oA", "oB", "oGone"]) await api.menu(openid);
    await api.act({ action: "unfollow" }, "oGone");
    expect(await api.get("/cgi-bin/user/get")).toEqual({
      total: 3,
      count: 3,
      data: { openid: ["oA", "oB", "oC"] },
      next_openid: "oC",
    });
    expect(await api.get("/cgi-bin/user/get", { next_openid: "oA" })).toMatchObject({
      total: 3,
      count: 2,
      data: { openid: ["oB", "oC"] },
    });
    expect(await api.get("/cgi-bin/user/get", { next_openid: "oC" })).toEqual({
      total: 3,
      count: 0,
      next_openid: "",
    });
    expect(await api.get("/cgi-bin/user/get", { next_openid: "oNobody" })).toMatchObject({ errcode: 40003 });
  });

  test("a page has ten thousand", async () => {
    const names = Array.from({ length: 10_001 }, (_, number) => `o${String(number).padStart(6, "0")}`);
    for (const openid of names) await api.menu(openid);
    const first = await api.get("/cgi-bin/user/get");
    expect(first).toMatchObject({ total: 10_001, count: 10_000, next_openid: "o009999" });
    expect(await api.get("/cgi-bin/user/get", { next_openid: "o009999" })).toEqual({
      total: 10_001,
      count: 1,
      data: { openid: ["o010000"] },
      next_openid: "o010000",
    });
  });
});

test("the blacklist: who is on it cannot be written to and is not heard", async () => {
  const members = (what: string, body: object) => api.post(`/cgi-bin/tags/members/${what}`, body);
  const list = (begin_openid = "") => members("getblacklist", { begin_openid });
  const send = async () =>
    (
      await api.post("/cgi-bin/message/custom/send", {
        touser: USER,
        msgtype: "text",
        text: { content: "a" },
      })
    )["errcode"];
  await api.act({ action: "text", Content: "a" });
  await api.menu("oA");
  expect(await list()).toEqual({ total: 0, count: 0, next_openid: "" });
  expect(await members("batchblacklist", { openid_list: [USER, "oA"] })).toEqual(OK);
  expect(await list()).toEqual({
    total: 2,
    count: 2,
    data: { openid: ["oA", USER].sort() },
    next_openid: USER,
  });
  expect(await send()).toBe(43019);
  await expect(api.act({ action: "text", Content: "a" })).rejects.toThrow("blacklist");
  expect(await members("batchunblacklist", { openid_list: [USER] })).toEqual(OK);
  expect(await list()).toMatchObject({ total: 1, data: { openid: ["oA"] } });
  expect(await send()).toBe(0);
  expect(await members("batchblacklist", { openid_list: ["oNobody"] })).toMatchObject({ errcode: 40003 });
  expect(await members("batchblacklist", { openid_list: [] })).toMatchObject({ errcode: 40031 });
  const many = Array.from({ length: 21 }, () => USER);
  expect(await members("batchblacklist", { openid_list: many })).toMatchObject({ errcode: 40032 });
});

describe("tags", () => {
  const create = (name: unknown) => api.post("/cgi-bin/tags/create", { tag: { name } });
  const tagging = (what: "batchtagging" | "batchuntagging", tagid: unknown, openid_list: unknown) =>
    api.post(`/cgi-bin/tags/members/${what}`, { tagid, openid_list });
  const idsOf = async (openid = USER) =>
    (await api.post("/cgi-bin/tags/getidlist", { openid }))["tagid_list"];

  test("are created, told, renamed and deleted", async () => {
    expect(await create("广东")).toEqual({ tag: { id: 100, name: "广东" } });
    expect(await create("VIP")).toEqual({ tag: { id: 101, name: "VIP" } });
    await api.menu();
    await tagging("batchtagging", 101, [USER]);
    expect(await api.get("/cgi-bin/tags/get")).toEqual({
      tags: [
        { id: 2, name: "星标组", count: 0 },
        { id: 100, name: "广东", count: 0 },
        { id: 101, name: "VIP", count: 1 },
      ],
    });
    expect(await api.post("/cgi-bin/tags/update", { tag: { id: 100, name: "广东人" } })).toEqual(OK);
    expect(await api.post("/cgi-bin/tags/update", { tag: { id: 100, name: "广东人" } })).toEqual(OK);
    expect(await api.post("/cgi-bin/tags/delete", { tag: { id: 101 } })).toEqual(OK);
    expect(await idsOf()).toEqual([]);
    expect((await api.get("/cgi-bin/tags/get"))["tags"]).toEqual([
      { id: 2, name: "星标组", count: 0 },
      { id: 100, name: "广东人", count: 0 },
    ]);
  });

  test.each<[string, string, object, number]>([
    ["no tag", "create", {}, 47001],
    ["no name", "create", { tag: {} }, 45157],
    ["a name that is taken", "create", { tag: { name: "星标组" } }, 45157],
    ["a name of 31 bytes", "create", { tag: { name: `${"你".repeat(10)}a` } }, 45158],
    ["an id that no tag has", "update", { tag: { id: 99, name: "a" } }, 45159],
    ["an id that is a text", "update", { tag: { id: "2", name: "a" } }, 45159],
    ["a tag of WeChat's", "update", { tag: { id: 2, name: "a" } }, 45058],
    ["a tag of WeChat's", "delete", { tag: { id: 0 } }, 45058],
    ["an id that no tag has", "delete", { tag: { id: 99 } }, 45159],
  ])("%s cannot be used in tags/%s", async (_, what, body, errcode) => {
    expect(await api.post(`/cgi-bin/tags/${what}`, body)).toMatchObject({ errcode });
  });

  test("there are a hundred at most", async () => {
    for (let number = 1; number <= 99; number++) expect(await create(`t${number}`)).toHaveProperty("tag");
    expect(await create("one more")).toMatchObject({ errcode: 45056 });
  });

  test("are given and taken, and seen at the user", async () => {
    await create("a");
    await create("b");
    for (const openid of ["oA", "oB", "oGone"]) await api.menu(openid);
    expect(await tagging("batchtagging", 101, ["oB", "oA", "oGone"])).toEqual(OK);
    expect(await tagging("batchtagging", 100, ["oA"])).toEqual(OK);
    await api.act({ action: "unfollow" }, "oGone");
    expect(await idsOf("oA")).toEqual([101, 100]);
    expect(await api.get("/cgi-bin/user/info", { openid: "oA" })).toMatchObject({
      groupid: 101,
      tagid_list: [101, 100],
    });
    const bearers = (next_openid = "") => api.post("/cgi-bin/user/tag/get", { tagid: 101, next_openid });
    expect(await bearers()).toEqual({ count: 2, data: { openid: ["oA", "oB"] }, next_openid: "oB" });
    expect(await bearers("oB")).toEqual({ count: 0, next_openid: "" });
    expect(await tagging("batchuntagging", 101, ["oA", "oB"])).toEqual(OK);
    expect(await idsOf("oA")).toEqual([100]);
    expect(await bearers()).toMatchObject({ count: 0 });
  });

  test("cannot be given to nobody, to too many, or without end", async () => {
    await api.menu();
    await create("t");
    expect(await tagging("batchtagging", 99, [USER])).toMatchObject({ errcode: 45159 });
    expect(await tagging("batchtagging", 100, [])).toMatchObject({ errcode: 40031 });
    expect(await tagging("batchtagging", 100, "x")).toMatchObject({ errcode: 40031 });
    expect(await tagging("batchtagging", 100, [USER, "oNobody"])).toMatchObject({ errcode: 40003 });
    expect(await idsOf()).toEqual([]);
    const many = Array.from({ length: 51 }, () => USER);
    expect(await tagging("batchtagging", 100, many)).toMatchObject({ errcode: 40032 });
    expect(await tagging("batchtagging", 100, many.slice(1))).toEqual(OK);
    for (let number = 2; number <= 20; number++) {
      await create(`t${number}`);
      await tagging("batchtagging", 99 + number, [USER]);
    }
    expect(await idsOf()).toHaveLength(20);
    await create("more");
    expect(await tagging("batchtagging", 120, [USER])).toMatchObject({ errcode: 45059 });
    expect(await tagging("batchtagging", 119, [USER])).toEqual(OK);
    expect(await api.post("/cgi-bin/tags/getidlist", { openid: "oNobody" })).toMatchObject({
      errcode: 40003,
    });
    expect(await api.post("/cgi-bin/user/tag/get", { tagid: 99 })).toMatchObject({ errcode: 45159 });
  });
});
