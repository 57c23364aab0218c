/** Menus: every limit of WeChat's, what is told of them, and who sees which. */
import { describe, expect, test } from "vitest";
import { SimulatedApi, USER } from "../support/simulated-account.ts";
import { PNG } from "../support/sample-files.ts";

const CREATE = "/cgi-bin/menu/create";
const GET = "/cgi-bin/menu/get";
const DELETE = "/cgi-bin/menu/delete";
const ADD = "/cgi-bin/menu/addconditional";
const REMOVE = "/cgi-bin/menu/delconditional";
const TRY = "/cgi-bin/menu/trymatch";
const CURRENT = "/cgi-bin/get_current_selfmenu_info";
const OK = { errcode: 0, errmsg: "ok" };

/** The example of the official page. */
const OFFICIAL = {
  button: [
    { type: "click", name: "今日歌曲", key: "V1001_TODAY_MUSIC" },
    {
      name: "菜单",
      sub_button: [
        { type: "view", name: "搜索", url: "http://www.soso.com/" },
        {
          type: "miniprogram",
          name: "wxa",
          url: "http://mp.weixin.qq.com",
          appid: "wx286b93c14bbf93aa",
          pagepath: "pages/lunar/index",
        },
        { type: "click", name: "赞一下我们", key: "V1001_GOOD" },
      ],
    },
  ],
};
/** The example of the newer kinds of buttons, without its last three: with them it has too many. */
const OFFICIAL_KINDS = {
  button: [
    {
      name: "扫码",
      sub_button: [
        { type: "scancode_waitmsg", name: "扫码带提示", key: "rselfmenu_0_0", sub_button: [] },
        { type: "scancode_push", name: "扫码推事件", key: "rselfmenu_0_1", sub_button: [] },
      ],
    },
    {
      name: "发图",
      sub_button: [
        { type: "pic_sysphoto", name: "系统拍照发图", key: "rselfmenu_1_0", sub_button: [] },
        { type: "pic_photo_or_album", name: "拍照或者相册发图", key: "rselfmenu_1_1", sub_button: [] },
        { type: "pic_weixin", name: "微信相册发图", key: "rselfmenu_1_2", sub_button: [] },
      ],
    },
    { name: "发送位置", type: "location_select", key: "rselfmenu_2_0" },
  ],
};

const click = (name = "按钮", key = "K"): object => ({ type: "click", name, key });
const view = (url: string): object => ({ type: "view", name: "网页", url });
const under = (...sub_button: readonly object[]): object => ({ name: "更多", sub_button });
const bytes = (count: number): string => "a".repeat(count);

describe("menu/create", () => {
  test.each([
    ["the official example", OFFICIAL],
    ["the official example of other kinds", OFFICIAL_KINDS],
    ["the longest names", { button: [click(bytes(16)), under(click(bytes(60)))] }],
    ["the longest key", { button: [click("a", bytes(128))] }],
    ["the longest address", { button: [view(`http://a/${bytes(1_015)}`)] }],
    ["three buttons, five under one", { button: [click(), click(), under(...Array(5).fill(click()))] }],
    ["articles", { button: [{ type: "article_id", name: "文章", article_id: "ARTICLE_ID1" }] }],
    [
      "articles of the other kind",
      { button: [{ type: "article_view_limited", name: "a", article_id: "A" }] },
    ],
    ["an address of this machine", { button: [view("http://localhost:8787/login")] }],
  ])("takes %s", async (_, menu) => {
    const api = new SimulatedApi();
    expect(await api.post(CREATE, menu)).toEqual(OK);
    expect(await api.menu()).toHaveLength(menu.button.length);
  });

  test.each<[string, unknown, number]>([
    ["no buttons", {}, 40016],
    ["an empty list", { button: [] }, 40016],
    ["four buttons", { button: [click(), click(), click(), click()] }, 40016],
    ["the answer of menu/get as it is", { menu: OFFICIAL }, 40016],
    ["a button that is a text", { button: ["a"] }, 40016],
    ["no list of buttons", { button: click() }, 40016],
    ["an unknown type", { button: [{ type: "tap", name: "a", key: "K" }] }, 40017],
    ["a type of JavaScript's", { button: [{ type: "constructor", name: "a" }] }, 40017],
    ["no type", { button: [{ name: "a", key: "K" }] }, 40017],
    ["no name", { button: [{ type: "click", key: "K" }] }, 40018],
    ["an empty name", { button: [click("")] }, 40018],
    ["17 bytes of name", { button: [click(bytes(17))] }, 40018],
    ["six Chinese characters", { button: [click("一二三四五六")] }, 40018],
    ["a name that is a number", { button: [{ type: "click", name: 5, key: "K" }] }, 40018],
    ["17 bytes of name of a list", { button: [{ name: bytes(17), sub_button: [click()] }] }, 40018],
    ["no key", { button: [{ type: "click", name: "a" }] }, 40019],
    ["129 bytes of key", { button: [click("a", bytes(129))] }, 40019],
    ["no url", { button: [{ type: "view", name: "a" }] }, 40020],
    ["1025 bytes of url", { button: [view(`http://a/${bytes(1_016)}`)] }, 40020],
    ["a url without scheme", { button: [view("www.qq.com/")] }, 40055],
    ["a url of another scheme", { button: [view("weixin://dl")] }, 40055],
    ["a url without host", { button: [view("http://")] }, 40055],
    ["a list of none", { button: [{ name: "a", sub_button: [] }] }, 40023],
    ["six under one", { button: [under(...Array(6).fill(click()))] }, 40023],
    ["a text under one", { button: [{ name: "a", sub_button: ["b"] }] }, 40023],
    ["a third level", { button: [under(under(click()))] }, 40022],
    ["an unknown type under one", { button: [under({ type: "tap", name: "a" })] }, 40024],
    ["61 bytes of name under one", { button: [under(click(bytes(61)))] }, 40025],
    ["129 bytes of key under one", { button: [under(click("a", bytes(129)))] }, 40026],
    ["a key instead of a url", { button: [under({ type: "view", name: "a", key: "https://a.cn/" })] }, 40027],
    ["no url of a mini program", { button: [under({ type: "miniprogram", name: "a" })] }, 40027],
    ["a url without host under one", { button: [under(view("qq.com"))] }, 40054],
    ["a mini program without appid", mini({ appid: undefined }), 40166],
    ["a mini program with a wrong appid", mini({ appid: "gh_1234" }), 40166],
    ["a mini program without page", mini({ pagepath: undefined }), 40165],
    ["no media id", { button: [{ type: "media_id", name: "a" }] }, 40117],
    ["no media id under one", { button: [under({ type: "media_id", name: "a" })] }, 40118],
    ["an unknown media id", { button: [{ type: "media_id", name: "a", media_id: "MEDIA_ID1" }] }, 40007],
    ["an unknown article of the library", limited("MEDIA_ID2"), 40007],
    ["no article", { button: [{ type: "article_id", name: "a" }] }, 53600],
    ["no JSON", "menu", 47001],
    ["a list", "[]", 47001],
    ["nothing", "", 44002],
    ["escaped characters", '{"button":[{"type":"click","name":"\\u4eca\\u65e5","key":"K"}]}', 40033],
  ])("refuses %s", async (_, menu, errcode) => {
    const api = new SimulatedApi();
    const before = await api.menu();
    const answer = await api.post(CREATE, typeof menu === "string" ? menu : Object(menu));
    expect(answer).toEqual({ errcode, errmsg: expect.stringMatching(/^(?!error)\S.* rid: [\w-]+$/) });
    expect(await api.menu()).toEqual(before);
  });

  test("takes a backslash before a u that is no escape", async () => {
    const body = '{"button":[{"type":"click","name":"a","key":"C:\\\\u4eca"}]}';
    expect(await new SimulatedApi().post(CREATE, body)).toEqual(OK);
  });

  test("takes media of the library, and no articles: it has none", async () => {
    const api = new SimulatedApi();
    const file = { bytes: PNG, filename: "a.png" };
    const { media_id } = await api.upload("/cgi-bin/material/add_material", { type: "image" }, file);
    const button = { type: "media_id", name: "图片", media_id };
    expect(await api.post(CREATE, { button: [button] })).toEqual(OK);
    expect(await api.menu()).toEqual([button]);
    expect(await api.post(CREATE, limited(String(media_id)))).toMatchObject({ errcode: 40121 });
    const temporary = await api.upload("/cgi-bin/media/upload", { type: "image" }, file);
    const wrong = { button: [{ ...button, media_id: temporary["media_id"] }] };
    expect(await api.post(CREATE, wrong)).toMatchObject({ errcode: 40007 });
  });

  test("opens mini programs for verified accounts only", async () => {
    expect(await new SimulatedApi("subscription").post(CREATE, mini({}))).toEqual(OK);
    const api = new SimulatedApi("service-unverified");
    expect(await api.post(CREATE, mini({}))).toMatchObject({ errcode: 45064 });
    expect(await api.post(CREATE, { button: [click()] })).toEqual(OK);
  });

  test("is not for a personal account", async () => {
    const api = new SimulatedApi("personal");
    for (const answer of [await api.post(CREATE, OFFICIAL), await api.get(GET), await api.get(DELETE)]) {
      expect(answer).toMatchObject({ errcode: 48001 });
    }
  });

  test("can be called a thousand times a day, a hundred by a test account", async () => {
    const api = new SimulatedApi("test");
    const quota = { method: "POST", body: JSON.stringify({ path: CREATE, used: 99 }) };
    await api.request("/api/platform/default/quota", quota);
    expect(await api.post(CREATE, OFFICIAL)).toEqual(OK);
    expect(await api.post(CREATE, OFFICIAL)).toMatchObject({ errcode: 45009 });
  });
});

function mini(changes: object): object {
  const button = {
    type: "miniprogram",
    name: "a",
    url: "http://a.cn",
    appid: "wx286b93c14bbf93aa",
    pagepath: "p",
  };
  return { button: [{ ...button, ...changes }] };
}

function limited(media_id: string): object {
  return { button: [{ type: "view_limited", name: "图文消息", media_id }] };
}

describe("menu/get and menu/delete", () => {
  test("tell the menu that an account starts with", async () => {
    expect(await new SimulatedApi().get(GET)).toEqual({
      menu: {
        button: [
          { type: "click", name: "今日推荐", key: "V1", sub_button: [] },
          { type: "view", name: "网站", url: "https://example.com/", sub_button: [] },
        ],
      },
    });
  });

  test("tell a menu in the official shape, of which menu/create takes the inside again", async () => {
    const api = new SimulatedApi();
    const [first, { name, sub_button: subButtons = [] } = { name: "" }] = OFFICIAL.button;
    await api.post(CREATE, OFFICIAL);
    const answer = await api.get(GET);
    expect(answer).toEqual({
      menu: {
        button: [
          { ...first, sub_button: [] },
          { name, sub_button: subButtons.map((button) => ({ ...button, sub_button: [] })) },
        ],
      },
    });
    expect(await api.post(CREATE, Object(answer["menu"]))).toEqual(OK);
    expect(await api.get(GET)).toEqual(answer);
  });

  test("keep only what belongs to a button's type", async () => {
    const api = new SimulatedApi();
    await api.post(CREATE, { button: [{ ...click("a", "K"), url: "http://a.cn", value: 1 }] });
    expect(await api.menu()).toEqual([click("a", "K")]);
  });

  test("know no menu any more once it was deleted; deleting it again does no harm", async () => {
    const api = new SimulatedApi();
    expect(await api.get(DELETE)).toEqual(OK);
    expect(await api.get(DELETE)).toEqual(OK);
    expect(await api.get(GET)).toMatchObject({
      errcode: 46003,
      errmsg: expect.stringMatching(/^menu no exist/),
    });
    expect(await api.menu()).toEqual([]);
  });
});

describe("get_current_selfmenu_info", () => {
  test("tells an API's menu in its own shape", async () => {
    const api = new SimulatedApi();
    await api.post(CREATE, OFFICIAL);
    const [first, second] = OFFICIAL.button;
    expect(await api.get(CURRENT)).toEqual({
      is_menu_open: 1,
      selfmenu_info: { button: [first, { name: second?.name, sub_button: { list: second?.sub_button } }] },
    });
  });

  test("tells only that there is none", async () => {
    const api = new SimulatedApi();
    await api.get(DELETE);
    expect(await api.get(CURRENT)).toEqual({ is_menu_open: 0 });
  });

  test("tells a personal account the menu of its console, with every kind of button", async () => {
    const answer = await new SimulatedApi("personal").get(CURRENT);
    expect(answer).toMatchObject({ is_menu_open: 1 });
    const { button } = Object(answer["selfmenu_info"]);
    const leaves = button.flatMap(
      (one: { sub_button?: { list: object[] } }) => one.sub_button?.list ?? [one],
    );
    expect(leaves).toMatchObject([
      { type: "view", url: expect.any(String) },
      { type: "news", value: expect.any(String), news_info: { list: [{ title: expect.any(String) }] } },
      { type: "video", value: expect.any(String) },
      { type: "voice", value: expect.any(String) },
      { type: "text", value: expect.any(String) },
      { type: "img", value: expect.any(String) },
    ]);
  });
});

describe("conditional menus", () => {
  const forTag = (tag_id: unknown): object => ({ button: [click("贵宾", "VIP")], matchrule: { tag_id } });

  /** A follower with tags, the last of which was given last. */
  async function tagged(api: SimulatedApi, ...names: readonly string[]): Promise<readonly number[]> {
    await api.menu();
    const ids: number[] = [];
    for (const name of names) {
      const { tag } = await api.post("/cgi-bin/tags/create", { tag: { name } });
      const { id } = Object(tag);
      await api.post("/cgi-bin/tags/members/batchtagging", { openid_list: [USER], tagid: id });
      ids.push(id);
    }
    return ids;
  }

  test("take the official example", async () => {
    const api = new SimulatedApi();
    const matchrule = { tag_id: "2", client_platform_type: "2" };
    expect(await api.post(ADD, { ...OFFICIAL, matchrule })).toEqual({
      menuid: expect.stringMatching(/^\d{9}$/),
    });
  });

  test("are seen by those whose last tag fits, the latest menu first", async () => {
    const api = new SimulatedApi();
    const [vip = 0] = await tagged(api, "贵宾");
    const common = await api.menu();
    await api.post(ADD, forTag(vip));
    expect(await api.menu()).toEqual([click("贵宾", "VIP")]);
    expect(await api.menu("oSomebodyWithoutAnyTag000000")).toEqual(common);
    expect(await api.post(TRY, { user_id: USER })).toEqual({
      button: [{ ...click("贵宾", "VIP"), sub_button: [] }],
    });

    await api.post(ADD, { button: [click("后来", "LATE")], matchrule: { tag_id: String(vip) } });
    expect(await api.menu()).toEqual([click("后来", "LATE")]);

    await tagged(api, "另一个");
    expect(await api.menu()).toEqual(common);
    expect(await api.post(TRY, { user_id: USER })).toMatchObject({ button: [{ key: "V1" }, {}] });
  });

  test("tell phones by what they run on", async () => {
    const api = new SimulatedApi();
    const common = await api.menu();
    await api.post(ADD, { button: [click("安卓", "A")], matchrule: { client_platform_type: 2 } });
    expect(await api.menu()).toEqual(common);
    await api.post(ADD, { button: [click("苹果", "I")], matchrule: { client_platform_type: "1" } });
    expect(await api.menu()).toEqual([click("苹果", "I")]);
  });

  test("are told with the common one", async () => {
    const api = new SimulatedApi();
    const { menuid } = await api.post(ADD, {
      ...forTag("100"),
      matchrule: { tag_id: 100, client_platform_type: 1 },
    });
    expect(await api.get(GET)).toEqual({
      menu: { button: expect.any(Array), menuid: expect.any(Number) },
      conditionalmenu: [
        {
          button: [{ ...click("贵宾", "VIP"), sub_button: [] }],
          matchrule: { group_id: 100, client_platform_type: 1 },
          menuid: Number(menuid),
        },
      ],
    });
  });

  test("are removed one by one, or with the common one", async () => {
    const api = new SimulatedApi();
    const { menuid } = await api.post(ADD, forTag(2));
    expect(await api.post(REMOVE, { menuid: "1" })).toMatchObject({ errcode: 65301 });
    expect(await api.post(REMOVE, {})).toMatchObject({ errcode: 65301 });
    expect(await api.post(REMOVE, { menuid })).toEqual(OK);
    expect(await api.post(REMOVE, { menuid })).toMatchObject({ errcode: 65301 });
    await api.post(ADD, forTag(2));
    await api.get(DELETE);
    await api.post(CREATE, OFFICIAL);
    expect(await api.get(GET)).not.toHaveProperty("conditionalmenu");
  });

  test("stay when the common one is replaced", async () => {
    const api = new SimulatedApi();
    await api.post(ADD, forTag(2));
    await api.post(CREATE, OFFICIAL);
    expect(await api.get(GET)).toHaveProperty("conditionalmenu");
  });

  test.each([
    ["no rule", undefined, 65304],
    ["an empty rule", {}, 65304],
    ["a rule of empty texts", { tag_id: "", client_platform_type: "" }, 65304],
    ["a tag that is no number", { tag_id: "vip" }, 65304],
    ["an unknown platform", { client_platform_type: 4 }, 40035],
    ["a sex", { tag_id: 2, sex: "1" }, 65320],
    ["a country", { country: "中国" }, 65320],
    ["a province", { province: "广东" }, 65320],
    ["a city", { city: "广州" }, 65320],
    ["a language", { language: "zh_CN" }, 65320],
  ])("are refused with %s", async (_, matchrule, errcode) => {
    expect(await new SimulatedApi().post(ADD, { ...OFFICIAL, matchrule })).toMatchObject({ errcode });
  });

  test("are refused for their buttons, and without a common menu", async () => {
    const api = new SimulatedApi();
    const matchrule = { tag_id: 2 };
    expect(await api.post(ADD, { button: [], matchrule })).toMatchObject({ errcode: 40016 });
    await api.get(DELETE);
    expect(await api.post(ADD, forTag(2))).toMatchObject({ errcode: 65303 });
    expect(await api.post(TRY, { user_id: USER })).toMatchObject({ errcode: 65303 });
  });

  test("lead to three hosts at most, all together", async () => {
    const api = new SimulatedApi();
    const to = (...urls: readonly string[]): object => ({ button: urls.map(view), matchrule: { tag_id: 2 } });
    expect(await api.post(ADD, to("http://a.cn/1", "https://b.cn/", "http://a.cn/2"))).toHaveProperty(
      "menuid",
    );
    expect(await api.post(ADD, to("http://c.cn/", "http://d.cn/"))).toMatchObject({ errcode: 65316 });
    expect(await api.post(ADD, to("http://c.cn/"))).toHaveProperty("menuid");
    expect(
      await api.post(ADD, { button: [under(view("http://d.cn/"))], matchrule: { tag_id: 2 } }),
    ).toMatchObject({
      errcode: 65316,
    });
  });

  test("are tried for followers only", async () => {
    const api = new SimulatedApi();
    expect(await api.post(TRY, { user_id: "oNobody" })).toMatchObject({ errcode: 65302 });
    expect(await api.post(TRY, {})).toMatchObject({ errcode: 65302 });
    await api.act({ action: "unfollow" });
    expect(await api.post(TRY, { user_id: USER })).toMatchObject({ errcode: 65302 });
  });

  test("are for verified accounts only", async () => {
    const api = new SimulatedApi("service-unverified");
    for (const [path, body] of [
      [ADD, forTag(2)],
      [REMOVE, { menuid: 1 }],
      [TRY, { user_id: USER }],
    ] as const) {
      expect(await api.post(path, body)).toMatchObject({ errcode: 48001 });
    }
    expect(await new SimulatedApi("subscription").post(ADD, forTag(2))).toHaveProperty("menuid");
  });
});
