/** Tags: made, changed, given and taken. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Tags } from "../../src/api/calls/tags.ts";
import { ApiInputError } from "../../src/errors.ts";
import { ApiIsolate, apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const CREATE = "/cgi-bin/tags/create";
const LIST = "/cgi-bin/tags/get";
const UPDATE = "/cgi-bin/tags/update";
const DELETE = "/cgi-bin/tags/delete";
const USERS = "/cgi-bin/user/tag/get";
const TAG = "/cgi-bin/tags/members/batchtagging";
const UNTAG = "/cgi-bin/tags/members/batchuntagging";
const TAGS_OF = "/cgi-bin/tags/getidlist";
const OTHER = "oOther123456789abcdefghijkl";

const service = new Platform("service");
beforeEach(() => service.reset());

function tags(): Tags {
  return apiOf("service").tags;
}

async function body(path: string): Promise<unknown> {
  return (await service.calls(path)).at(-1)?.body;
}

describe("a tag", () => {
  test("is made, listed, given another name and deleted", async () => {
    const made = await tags().create("广东");
    expect(made).toEqual({ id: expect.any(Number), name: "广东" });
    expect(await body(CREATE)).toEqual({ tag: { name: "广东" } });
    expect(await tags().list()).toEqual([
      { id: 2, name: "星标组", count: 0 },
      { ...made, count: 0 },
    ]);
    await tags().update(made.id, "广东人");
    expect(await body(UPDATE)).toEqual({ tag: { id: made.id, name: "广东人" } });
    expect(await tags().list()).toContainEqual({ id: made.id, name: "广东人", count: 0 });
    await tags().delete(made.id);
    expect(await body(DELETE)).toEqual({ tag: { id: made.id } });
    expect(await tags().list()).toHaveLength(1);
  });

  test("has a name of 1 to 30 bytes", async () => {
    await tags().create("十".repeat(10));
    const before = await service.calls();
    for (const name of ["", "十".repeat(10) + "x", "x".repeat(31)]) {
      await expect(tags().create(name)).rejects.toThrow(/1 to 30 bytes; this one has (0|31)/);
      await expect(tags().update(100, name)).rejects.toThrow(ApiInputError);
    }
    expect(await service.calls()).toEqual(before);
  });

  test("of WeChat's own cannot be changed, and ids are whole numbers", async () => {
    for (const id of [0, 1, 2, -1, 1.5, NaN]) {
      await expect(tags().update(id, "x")).rejects.toThrow(ApiInputError);
      await expect(tags().delete(id)).rejects.toThrow(ApiInputError);
    }
    await expect(tags().usersOf(-1)).rejects.toThrow(ApiInputError);
    await expect(tags().tag(1.5, [OPENID])).rejects.toThrow(ApiInputError);
    expect(await service.calls()).toEqual([]);
  });

  test("45157 when the name is taken", async () => {
    const { id } = await tags().create("甲");
    await tags().create("乙");
    await expect(tags().create("甲")).rejects.toMatchObject({ errcode: 45157, reaction: "input" });
    await expect(tags().update(id, "乙")).rejects.toMatchObject({ errcode: 45157 });
  });

  test("45056 when there are 100", async () => {
    const { api } = new ApiIsolate("service");
    for (let n = 1; n < 100; n++) await api.tags.create(`标签${n}`);
    await expect(api.tags.create("再一个")).rejects.toMatchObject({ errcode: 45056, reaction: "input" });
  }, 30_000);

  test("45159 when there is no such tag", async () => {
    await expect(tags().update(999, "x")).rejects.toMatchObject({ errcode: 45159, reaction: "input" });
    await expect(tags().usersOf(999)).rejects.toMatchObject({ errcode: 45159 });
  });

  test("45057 when too many users bear it", async () => {
    await service.fault({ kind: "errcode", errcode: 45057, path: DELETE });
    await expect(tags().delete(100)).rejects.toMatchObject({ errcode: 45057, reaction: "input" });
  });

  test("is not made twice when the answer is lost", async () => {
    await service.fault({ kind: "reset-after", path: CREATE });
    await expect(tags().create("甲")).rejects.toMatchObject({ code: "api_unreachable", outcome: "unknown" });
    expect(await service.calls(CREATE)).toHaveLength(1);
    expect(await tags().list()).toHaveLength(2);
  });
});

describe("users", () => {
  beforeEach(async () => {
    for (const openid of ["oA", "oB", "oC"]) await service.phone(openid);
  });

  test("get and lose a tag", async () => {
    const { id } = await tags().create("甲");
    await tags().tag(id, ["oC", "oA"]);
    expect(await body(TAG)).toEqual({ openid_list: ["oC", "oA"], tagid: id });
    expect(await tags().tagsOf("oA")).toEqual([id]);
    expect(await body(TAGS_OF)).toEqual({ openid: "oA" });
    expect(await tags().list()).toContainEqual({ id, name: "甲", count: 2 });
    expect(await tags().usersOf(id)).toEqual({ count: 2, data: { openid: ["oA", "oC"] }, next_openid: "oC" });
    expect(await body(USERS)).toEqual({ tagid: id, next_openid: "" });
    expect(await Array.fromAsync(tags().allUsersOf(id))).toEqual(["oA", "oC"]);
    expect(await body(USERS)).toEqual({ tagid: id, next_openid: "oC" });
    expect(await Array.fromAsync(tags().allUsersOf(id, { nextOpenid: "oA" }))).toEqual(["oC"]);
    await tags().untag(id, ["oA"]);
    expect(await body(UNTAG)).toEqual({ openid_list: ["oA"], tagid: id });
    expect(await tags().tagsOf("oA")).toEqual([]);
    expect(await apiOf("service").users.info("oC")).toMatchObject({ tagid_list: [id] });
  });

  test("come 50 at a time", async () => {
    const { id } = await tags().create("甲");
    await tags().tag(id, Array<string>(50).fill("oA"));
    const before = await service.calls();
    for (const openids of [[], Array<string>(51).fill("oA"), ["oA", ""]]) {
      await expect(tags().tag(id, openids)).rejects.toThrow(ApiInputError);
      await expect(tags().untag(id, openids)).rejects.toThrow(ApiInputError);
    }
    await expect(tags().tagsOf("")).rejects.toThrow("openid is empty");
    expect(await service.calls()).toEqual(before);
  });

  test("bear 20 tags: 45059", async () => {
    const { api } = new ApiIsolate("service");
    for (let n = 0; n < 20; n++) await api.tags.tag((await api.tags.create(`标签${n}`)).id, ["oA"]);
    const { id } = await api.tags.create("第二十一个");
    await expect(api.tags.tag(id, ["oB", "oA"])).rejects.toMatchObject({ errcode: 45059, reaction: "input" });
  });

  test("of other accounts are refused: 40003", async () => {
    const { id } = await tags().create("甲");
    await expect(tags().tag(id, [OTHER])).rejects.toMatchObject({ errcode: 40003, reaction: "recipient" });
    await expect(tags().tagsOf(OTHER)).rejects.toMatchObject({ errcode: 40003 });
  });
});

test("a tag chooses who sees a menu", async () => {
  const { menu, tags: ours } = apiOf("service");
  await service.phone(OPENID);
  const { id } = await ours.create("会员");
  await menu.create([{ type: "click", name: "入会", key: "JOIN" }]);
  await menu.addConditional([{ type: "click", name: "会员", key: "MEMBER" }], { tag_id: id });
  expect(await menu.tryMatch(OPENID)).toMatchObject([{ name: "入会" }]);
  await ours.tag(id, [OPENID]);
  expect(await menu.tryMatch(OPENID)).toMatchObject([{ name: "会员" }]);
});

describe("accounts without tags", () => {
  test.each(["personal", "service-unverified"] as const)(
    "%s, taken for another kind: 48001, remembered per call",
    async (kind) => {
      const platform = new Platform(kind);
      await platform.reset();
      const { api } = claimingIsolate(kind);
      const calls = [
        [CREATE, () => api.tags.create("x")],
        [LIST, () => api.tags.list()],
        [UPDATE, () => api.tags.update(100, "x")],
        [DELETE, () => api.tags.delete(100)],
        [USERS, () => api.tags.usersOf(100)],
        [TAG, () => api.tags.tag(100, [OPENID])],
        [UNTAG, () => api.tags.untag(100, [OPENID])],
        [TAGS_OF, () => api.tags.tagsOf(OPENID)],
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
