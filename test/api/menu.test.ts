import { beforeEach, describe, expect, test } from "vitest";
import type { Menu } from "../../src/api/calls/menu.ts";
import type { KeyButton, MenuAction, MenuButton } from "../../src/api/calls/menu-buttons.ts";
import { PNG } from "../node/support/sample-files.ts";
import { apiOf, ApiIsolate, claimingIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const CREATE = "/cgi-bin/menu/create";
const GET = "/cgi-bin/menu/get";
const DELETE = "/cgi-bin/menu/delete";
const ADD_CONDITIONAL = "/cgi-bin/menu/addconditional";
const DELETE_CONDITIONAL = "/cgi-bin/menu/delconditional";
const TRY_MATCH = "/cgi-bin/menu/trymatch";
const CURRENT = "/cgi-bin/get_current_selfmenu_info";
const MINI_PROGRAM = { appid: "wx0123456789abcdef", pagepath: "pages/index", url: "https://example.com/" };

let menu: Menu;

beforeEach(async () => {
  await service.reset();
  ({ menu } = apiOf("service"));
});

const click = (name: string, key = "KEY"): MenuButton => ({ type: "click", name, key });
const under = (...sub_button: MenuAction[]): MenuButton => ({ name: "更多", sub_button });

async function shown(openid = OPENID): Promise<unknown> {
  return Reflect.get(await service.phone(openid), "menu");
}

describe("menu.create", () => {
  test("makes the menu that everybody sees, as WeChat documents it", async () => {
    const button: MenuButton[] = [
      { type: "click", name: "今日歌曲", key: "V1001_TODAY_MUSIC" },
      under(
        { type: "view", name: "搜索", url: "https://www.soso.com/" },
        { type: "miniprogram", name: "小程序", ...MINI_PROGRAM },
      ),
    ];
    await menu.create(button);
    expect(await service.calls(CREATE)).toMatchObject([{ method: "POST", body: { button }, effect: true }]);
    expect(await shown()).toMatchObject(button);
  });

  test.each([
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
  ] as const)("%s takes a key", async (type) => {
    const button: KeyButton = { type, name: "按钮", key: "K" };
    await menu.create([button, under(button)]);
    expect(await shown()).toMatchObject([button, { sub_button: [button] }]);
  });

  test("buttons of the library and of published articles", async () => {
    const { media_id } = await apiOf("service").materials.add("image", { filename: "a.png", content: PNG });
    const button: MenuButton[] = [
      { type: "media_id", name: "图", media_id },
      { type: "article_id", name: "文", article_id: "ARTICLE" },
      { type: "article_view_limited", name: "读", article_id: "ARTICLE" },
    ];
    await menu.create(button);
    expect(await shown()).toMatchObject(button);
  });

  test("the largest menu there is", async () => {
    const longest: MenuAction = {
      type: "click",
      name: "二".repeat(20),
      key: "键".repeat(42) + "xx",
    };
    const url = `https://example.com/${"x".repeat(1_024 - 20)}`;
    const open: MenuAction = { type: "view", name: "网", url };
    const top = { name: `${"一".repeat(5)}x`, sub_button: [longest, longest, longest, longest, open] };
    await menu.create([top, top, top]);
    expect(await shown()).toMatchObject([top, top, top]);
  });

  test("a connection that is cut is tried again", async () => {
    await service.fault({ kind: "reset-after", path: CREATE });
    await menu.create([click("按钮")]);
    expect(await service.calls(CREATE)).toHaveLength(2);
  });

  const name17 = "一二三四五xx";
  const name61 = "x".repeat(61);
  const address = `https://example.com/${"x".repeat(1_005)}`;
  test.each<[string, MenuButton[], string]>([
    ["no buttons", [], "button has 0 buttons; WeChat takes 1 to 3"],
    ["four buttons", Array(4).fill(click("a")), "button has 4 buttons; WeChat takes 1 to 3"],
    [
      "no sub-buttons",
      [{ name: "a", sub_button: [] }],
      "button[0].sub_button has 0 buttons; WeChat takes 1 to 5",
    ],
    ["neither type nor sub-buttons", [{ name: "a" } as MenuButton], "button[0].sub_button has 0 buttons"],
    [
      "six sub-buttons",
      [click("a"), under(...Array(6).fill(click("a")))],
      "button[1].sub_button has 6 buttons; WeChat takes 1 to 5",
    ],
    ["no name", [click("")], "button[0].name is missing"],
    ["a name of 17 bytes", [click(name17)], "button[0].name has 17 bytes; WeChat takes at most 16"],
    [
      "a sub-menu's name of 17 bytes",
      [{ name: name17, sub_button: [click("a") as MenuAction] }],
      "button[0].name has 17 bytes",
    ],
    [
      "a sub-button's name of 61 bytes",
      [under(click("a") as MenuAction, click(name61) as MenuAction)],
      "button[0].sub_button[1].name has 61 bytes; WeChat takes at most 60",
    ],
    ["no key", [click("a", "")], "button[0].key is missing"],
    [
      "a key of 129 bytes",
      [click("a", "键".repeat(43))],
      "button[0].key has 129 bytes; WeChat takes at most 128",
    ],
    ["no address", [{ type: "view", name: "a" } as MenuButton], "button[0].url is missing"],
    [
      "an address of 1,025 bytes",
      [{ type: "view", name: "a", url: address }],
      "button[0].url has 1025 bytes; WeChat takes at most 1024",
    ],
    [
      "an address without http",
      [{ type: "view", name: "a", url: "example.com" }],
      'button[0].url must begin with http:// or https://; "example.com" does not',
    ],
    ["another scheme", [{ type: "view", name: "a", url: "javascript:alert(1)" }], "button[0].url must begin"],
    [
      "a mini program without page",
      [{ type: "miniprogram", name: "a", ...MINI_PROGRAM, pagepath: "" }],
      "button[0].pagepath is missing",
    ],
    [
      "a mini program without address for old clients",
      [{ type: "miniprogram", name: "a", ...MINI_PROGRAM, url: "" }],
      "button[0].url is missing",
    ],
    [
      "an app id in capital letters",
      [{ type: "miniprogram", name: "a", ...MINI_PROGRAM, appid: "WX0123456789ABCDEF" }],
      "button[0].appid must be in small letters",
    ],
    ["no media id", [{ type: "view_limited", name: "a", media_id: "" }], "button[0].media_id is missing"],
    ["no article id", [{ type: "article_id", name: "a", article_id: "" }], "button[0].article_id is missing"],
    [
      "an unknown type",
      [{ type: "text", name: "a" } as unknown as MenuButton],
      'button[0].type is "text"; there are click',
    ],
    [
      "a name of Object's as type",
      [{ type: "constructor", name: "a" } as unknown as MenuButton],
      'button[0].type is "constructor"',
    ],
    [
      "a type and sub-buttons",
      [{ type: "click", name: "a", key: "k", sub_button: [click("b")] } as unknown as MenuButton],
      "button[0] has both a type and sub-buttons",
    ],
    [
      "three levels",
      [under({ name: "b", sub_button: [click("c")] } as unknown as MenuAction)],
      "button[0].sub_button[0] has sub-buttons; menus have two levels",
    ],
  ])("%s is refused before anything is sent", async (_what, button, words) => {
    const expected = { name: "ApiInputError", message: expect.stringContaining(words) };
    await expect(menu.create(button)).rejects.toMatchObject(expected);
    await expect(menu.addConditional(button, { tag_id: 2 })).rejects.toMatchObject(expected);
    expect(await service.calls()).toEqual([]);
  });

  test("media that are not in the library are WeChat's to refuse", async () => {
    const media_id = "nobody-knows";
    for (const type of ["media_id", "view_limited"] as const) {
      await expect(menu.create([{ type, name: "a", media_id }])).rejects.toMatchObject({
        errcode: 40007,
        reaction: "input",
      });
    }
    const picture = await apiOf("service").materials.add("image", { filename: "a.png", content: PNG });
    const opened = menu.create([{ type: "view_limited", name: "a", media_id: picture.media_id }]);
    await expect(opened).rejects.toMatchObject({ errcode: 40121, reaction: "input" });
  });

  test("an account that is not verified may open no mini program", async () => {
    const unverified = new Platform("service-unverified");
    await unverified.reset();
    const opened = apiOf("service-unverified").menu.create([
      { type: "miniprogram", name: "a", ...MINI_PROGRAM },
    ]);
    await expect(opened).rejects.toMatchObject({ errcode: 45064, reaction: "operator" });
  });
});

describe("menu.get and menu.delete", () => {
  test("what was read can be changed and made again", async () => {
    await menu.create([click("旧"), under({ type: "view", name: "网", url: "https://example.com/" })]);
    const read = await menu.get();
    expect(read).toEqual({
      menu: {
        button: [
          { type: "click", name: "旧", key: "KEY", sub_button: [] },
          {
            name: "更多",
            sub_button: [{ type: "view", name: "网", url: "https://example.com/", sub_button: [] }],
          },
        ],
      },
      conditionalmenu: [],
    });
    await menu.create([...read.menu.button, click("新")]);
    expect(await shown()).toMatchObject([{ name: "旧" }, { name: "更多" }, { name: "新" }]);
  });

  test("deleting takes all menus away, and then there is none: 46003", async () => {
    await menu.create([click("按钮")]);
    await menu.addConditional([click("别的")], { client_platform_type: 1 });
    await menu.delete();
    expect(await service.calls(DELETE)).toMatchObject([{ method: "GET", effect: true }]);
    expect(await shown()).toEqual([]);
    await expect(menu.get()).rejects.toMatchObject({ errcode: 46003, reaction: "input" });
    expect(await service.calls(GET)).toHaveLength(1);
  });
});

describe("conditional menus", () => {
  beforeEach(() => menu.create([click("大家")]));

  async function tagged(): Promise<number> {
    await service.act(OPENID, { action: "text", Content: "x" });
    const { tag } = await apiOf("service").call<{ tag: { id: number } }>("POST", "/cgi-bin/tags/create", {
      body: { tag: { name: "贵宾" } },
    });
    await apiOf("service").call("POST", "/cgi-bin/tags/members/batchtagging", {
      body: { openid_list: [OPENID], tagid: tag.id },
    });
    return tag.id;
  }

  test("are seen by those whom the rule fits, until they are deleted", async () => {
    const tag_id = await tagged();
    const menuid = await menu.addConditional([click("贵宾")], { tag_id });
    expect(menuid).toMatch(/^\d+$/);
    expect(await service.calls(ADD_CONDITIONAL)).toMatchObject([
      { method: "POST", body: { button: [click("贵宾")], matchrule: { tag_id: String(tag_id) } } },
    ]);
    expect(await shown()).toMatchObject([{ name: "贵宾" }]);
    expect(await menu.tryMatch(OPENID)).toMatchObject([{ name: "贵宾" }]);
    expect(await service.calls(TRY_MATCH)).toMatchObject([{ method: "POST", body: { user_id: OPENID } }]);
    const other = "oOther6789abcdefghijklmnopqr";
    await service.act(other, { action: "text", Content: "x" });
    expect(await menu.tryMatch(other)).toMatchObject([{ name: "大家" }]);

    expect(await menu.get()).toMatchObject({
      menu: { button: [{ name: "大家" }], menuid: expect.stringMatching(/^\d+$/) },
      conditionalmenu: [{ button: [{ name: "贵宾" }], matchrule: { group_id: tag_id }, menuid }],
    });

    await menu.deleteConditional(menuid);
    expect(await service.calls(DELETE_CONDITIONAL)).toMatchObject([{ method: "POST", body: { menuid } }]);
    expect(await shown()).toMatchObject([{ name: "大家" }]);
    await expect(menu.deleteConditional(menuid)).rejects.toMatchObject({ errcode: 65301, reaction: "input" });
  });

  test("go by the system too", async () => {
    await menu.addConditional([click("苹果")], { client_platform_type: 1 });
    await menu.addConditional([click("安卓")], { client_platform_type: 2, tag_id: "100" });
    const [, second] = await service.calls(ADD_CONDITIONAL);
    expect(second?.body).toMatchObject({ matchrule: { client_platform_type: "2", tag_id: "100" } });
    expect(await shown()).toMatchObject([{ name: "苹果" }]);
  });

  test.each([
    [{}, "needs a tag_id or a client_platform_type"],
    [{ tag_id: "vip" }, '"vip" is none'],
    [{ tag_id: -1 }, '"-1" is none'],
    [{ tag_id: 1.5 }, '"1.5" is none'],
    [{ tag_id: "" }, '"" is none'],
    [{ client_platform_type: 4 }, "1 (iOS), 2 (Android) or 3 (others), not 4"],
    [{ tag_id: 2, sex: "1" }, "WeChat matches no menus by sex"],
    [{ tag_id: 2, language: "zh_CN" }, "WeChat matches no menus by language"],
    [{ tag_id: 2, country: "中国" }, "WeChat matches no menus by country"],
  ])("the rule %j is refused before anything is sent", async (rule, words) => {
    const before = await service.calls();
    await expect(menu.addConditional([click("a")], rule as { tag_id: number })).rejects.toMatchObject({
      name: "ApiInputError",
      message: expect.stringContaining(words),
    });
    expect(await service.calls()).toHaveLength(before.length);
  });

  test("need a default menu: 65303", async () => {
    await menu.delete();
    const adding = menu.addConditional([click("a")], { tag_id: 2 });
    await expect(adding).rejects.toMatchObject({ errcode: 65303, reaction: "input" });
  });

  test("lead to three domains in all: 65316", async () => {
    const open = (host: string): MenuButton => ({ type: "view", name: "网", url: `https://${host}/` });
    await menu.addConditional([open("a.example"), open("b.example"), open("c.example")], { tag_id: 2 });
    await menu.addConditional([open("a.example")], { tag_id: 3 });
    const adding = menu.addConditional([open("d.example")], { tag_id: 3 });
    await expect(adding).rejects.toMatchObject({ errcode: 65316, reaction: "input" });
  });

  test("are not added twice when a connection is cut", async () => {
    await service.fault({ kind: "reset-after", path: ADD_CONDITIONAL });
    const adding = menu.addConditional([click("a")], { client_platform_type: 1 });
    await expect(adding).rejects.toMatchObject({ outcome: "unknown" });
    expect((await menu.get()).conditionalmenu).toHaveLength(1);
  });

  test("a user who is no follower sees none: 65302", async () => {
    await expect(menu.tryMatch("oNobody")).rejects.toMatchObject({ errcode: 65302, reaction: "recipient" });
  });
});

describe("menu.current", () => {
  test("tells the menu that the API has made, with its sub-buttons in a list", async () => {
    await menu.create([click("按钮"), under({ type: "view", name: "网", url: "https://example.com/" })]);
    expect(await menu.current()).toEqual({
      is_menu_open: 1,
      selfmenu_info: {
        button: [
          { type: "click", name: "按钮", key: "KEY" },
          { name: "更多", sub_button: { list: [{ type: "view", name: "网", url: "https://example.com/" }] } },
        ],
      },
    });
    expect(await service.calls(CURRENT)).toMatchObject([{ method: "GET" }]);
  });

  test("tells that there is none", async () => {
    await menu.delete();
    expect(await menu.current()).toEqual({ is_menu_open: 0 });
  });

  test("tells even an account without menu rights what its console has made", async () => {
    const personal = new Platform("personal");
    await personal.reset();
    const { is_menu_open, selfmenu_info } = await apiOf("personal").menu.current();
    expect(is_menu_open).toBe(1);
    const buttons = selfmenu_info?.button ?? [];
    const all = buttons.flatMap((one) => one.sub_button?.list ?? [one]);
    expect(all).toContainEqual(expect.objectContaining({ type: "text", value: expect.any(String) }));
    const news = all.find(({ type }) => type === "news");
    expect(news?.news_info?.list[0]).toMatchObject({ title: expect.any(String), show_cover: 0 });
  });
});

describe("accounts without menus", () => {
  test("personal, taken for another kind: 48001, remembered per call", async () => {
    const personal = new Platform("personal");
    await personal.reset();
    const { api } = claimingIsolate("personal");
    const calls = [
      [CREATE, () => api.menu.create([click("a")])],
      [GET, () => api.menu.get()],
      [DELETE, () => api.menu.delete()],
      [ADD_CONDITIONAL, () => api.menu.addConditional([click("a")], { tag_id: 2 })],
      [DELETE_CONDITIONAL, () => api.menu.deleteConditional("1")],
      [TRY_MATCH, () => api.menu.tryMatch(OPENID)],
    ] as const;
    for (const [path, call] of calls) {
      await expect(call()).rejects.toMatchObject({ errcode: 48001, remembered: false });
      await expect(call()).rejects.toMatchObject({ errcode: 48001, remembered: true });
      expect(await personal.calls(path)).toHaveLength(1);
    }
  });

  test("service-unverified: menus for everybody only", async () => {
    await new Platform("service-unverified").reset();
    const { api } = new ApiIsolate("service-unverified");
    await api.menu.create([click("大家")]);
    expect(await api.menu.get()).toMatchObject({ menu: { button: [{ name: "大家" }] } });
    const adding = api.menu.addConditional([click("a")], { tag_id: 2 });
    await expect(adding).rejects.toMatchObject({ errcode: 48001, reaction: "permission" });
  });
});
