/** The library of permanent media. */
import { describe, expect, test } from "vitest";
import { objectOf, ORIGIN, SimulatedApi } from "../support/simulated-account.ts";
import { ALL_FORMATS, bytesOf, JPEG, MP4, padded, PNG, wav, WMA } from "../support/sample-files.ts";

const ADD = "/cgi-bin/material/add_material";
const GET = "/cgi-bin/material/get_material";
const DELETE = "/cgi-bin/material/del_material";
const COUNT = "/cgi-bin/material/get_materialcount";
const LIST = "/cgi-bin/material/batchget_material";
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const MIB = 1_024 * 1_024;
const MEDIA_ID = /^[\w-]{43}$/;

async function added(
  api: SimulatedApi,
  type: string,
  bytes: Uint8Array<ArrayBuffer>,
  filename: string,
): Promise<string> {
  const answer = await api.upload(ADD, { type }, { bytes, filename });
  expect(answer).toHaveProperty("media_id", expect.stringMatching(MEDIA_ID));
  return String(answer["media_id"]);
}

describe("add_material", () => {
  test("keeps a picture for good, and tells its address", async () => {
    const api = new SimulatedApi();
    const answer = await api.upload(ADD, { type: "image" }, { bytes: PNG, filename: "a.png" });
    const { media_id: id } = answer;
    expect(answer).toEqual({
      media_id: expect.stringMatching(MEDIA_ID),
      url: `${ORIGIN}/media/${String(id)}`,
    });
    api.now += YEAR_MS;
    const response = await api.fetch(GET, {}, { method: "POST", body: JSON.stringify({ media_id: id }) });
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(response.headers.has("content-disposition")).toBe(false);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
    expect((await api.request(`/media/${String(id)}`)).status).toBe(200);
  });

  test("keeps a video with its description", async () => {
    const api = new SimulatedApi();
    const description = JSON.stringify({ title: "视频标题", introduction: "视频简介" });
    const answer = await api.upload(
      ADD,
      { type: "video" },
      { bytes: MP4, filename: "a.mp4", fields: { description } },
    );
    expect(Object.keys(answer)).toEqual(["media_id"]);
    const got = await api.post(GET, { media_id: answer["media_id"] });
    expect(got).toEqual({
      title: "视频标题",
      description: "视频简介",
      down_url: `${ORIGIN}/media/${String(answer["media_id"])}`,
    });
    const file = await api.request(new URL(String(got["down_url"])).pathname);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(MP4);
  });

  test.each(["{", "[]", '"title"'])("refuses the description %s of a video", async (description) => {
    const file = { bytes: MP4, filename: "a.mp4", fields: { description } };
    expect(await new SimulatedApi().upload(ADD, { type: "video" }, file)).toMatchObject({ errcode: 47001 });
  });

  test.each(ALL_FORMATS)("takes %s as the types that it may be", async (name, bytes, allowed) => {
    const api = new SimulatedApi();
    for (const type of ["image", "voice", "video", "thumb"]) {
      const answer = await api.upload(ADD, { type }, { bytes, filename: `a.${name}` });
      if (allowed.permanent.includes(type)) expect(answer).toHaveProperty("media_id");
      else expect(answer).toMatchObject({ errcode: 40005 });
    }
  });

  test("refuses what is too large, plays too long, has no known type, or is no file", async () => {
    const api = new SimulatedApi();
    const add = (type: string, bytes: Uint8Array<ArrayBuffer>, filename: string): Promise<object> =>
      api.upload(ADD, { type }, { bytes, filename });
    expect(await add("voice", padded(WMA, 2 * MIB), "a.wma")).toHaveProperty("media_id");
    expect(await add("voice", padded(WMA, 2 * MIB + 1), "a.wma")).toMatchObject({ errcode: 40010 });
    expect(await add("voice", wav(60), "a.wav")).toHaveProperty("media_id");
    expect(await add("voice", wav(61), "a.wav")).toMatchObject({ errcode: 45007 });
    expect(await add("thumb", padded(JPEG, 65_537), "a.jpg")).toMatchObject({ errcode: 40012 });
    expect(await add("news", PNG, "a.png")).toMatchObject({ errcode: 40004 });
    expect(await add("image", bytesOf(""), "a.png")).toMatchObject({ errcode: 44001 });
    expect(await api.upload(ADD, { type: "image" }, { bytes: PNG })).toMatchObject({ errcode: 41005 });
  });

  test("keeps a thousand voices and no more", async () => {
    const api = new SimulatedApi();
    const sound = wav(0);
    for (let count = 0; count < 1_000; count++) await added(api, "voice", sound, "a.wav");
    const file = { bytes: sound, filename: "a.wav" };
    expect(await api.upload(ADD, { type: "voice" }, file)).toMatchObject({
      errcode: 45074,
      errmsg: expect.stringMatching(/^material list size out of limit/),
    });
    expect(await api.get(COUNT)).toMatchObject({ voice_count: 1_000 });
    await added(api, "video", MP4, "a.mp4");
  });
});

describe("get_material and del_material", () => {
  test.each([GET, DELETE])("%s refuses an unknown id, a missing one and a temporary one", async (path) => {
    const api = new SimulatedApi();
    const upload = await api.upload(
      "/cgi-bin/media/upload",
      { type: "image" },
      { bytes: PNG, filename: "a.png" },
    );
    expect(await api.post(path, { media_id: "unknown" })).toMatchObject({ errcode: 40007 });
    expect(await api.post(path, { media_id: upload["media_id"] })).toMatchObject({ errcode: 40007 });
    expect(await api.post(path, {})).toMatchObject({ errcode: 41006 });
    expect(await api.post(path, "no JSON")).toMatchObject({ errcode: 47001 });
    expect(await api.post(path, "")).toMatchObject({ errcode: 44002 });
    expect(await objectOf(await api.fetch(path))).toMatchObject({ errcode: 43002 });
  });

  test("removes media", async () => {
    const api = new SimulatedApi();
    const media_id = await added(api, "image", PNG, "a.png");
    expect(await api.post(DELETE, { media_id })).toEqual({ errcode: 0, errmsg: "ok" });
    expect(await api.post(GET, { media_id })).toMatchObject({ errcode: 40007 });
    expect(await api.post(DELETE, { media_id })).toMatchObject({ errcode: 40007 });
  });

  test("keeps media that the menu sends", async () => {
    const api = new SimulatedApi();
    const media_id = await added(api, "image", PNG, "a.png");
    const button = [{ name: "更多", sub_button: [{ type: "media_id", name: "图片", media_id }] }];
    expect(await api.post("/cgi-bin/menu/create", { button })).toMatchObject({ errcode: 0 });
    expect(await api.post(DELETE, { media_id })).toMatchObject({ errcode: 45060 });
    await api.get("/cgi-bin/menu/delete");
    expect(await api.post(DELETE, { media_id })).toMatchObject({ errcode: 0 });
  });
});

describe("get_materialcount and batchget_material", () => {
  test("count and list by type, newest first", async () => {
    const api = new SimulatedApi();
    const ids: string[] = [];
    for (let count = 0; count < 23; count++) {
      api.now += 1_000;
      ids.unshift(await added(api, "image", PNG, `${count}.png`));
    }
    const voice = await added(api, "voice", WMA, "a.wma");
    await added(api, "thumb", JPEG, "a.jpg");
    expect(await api.get(COUNT)).toEqual({
      voice_count: 1,
      video_count: 0,
      image_count: 23,
      news_count: 0,
    });
    const first = await api.post(LIST, { type: "image", offset: 0, count: 20 });
    expect(first).toMatchObject({ total_count: 23, item_count: 20 });
    const second = await api.post(LIST, { type: "image", offset: 20, count: 20 });
    expect(second).toMatchObject({ total_count: 23, item_count: 3 });
    const items = [first, second].flatMap(({ item }) => (Array.isArray(item) ? item : []));
    expect(items.map(({ media_id }) => String(media_id))).toEqual(ids);
    expect(items[0]).toEqual({
      media_id: ids[0],
      name: "22.png",
      update_time: Math.floor(api.now / 1_000),
      url: `${ORIGIN}/media/${ids[0]}`,
    });
    expect(await api.post(LIST, { type: "voice", offset: 0, count: 1 })).toEqual({
      item: [{ media_id: voice, name: "a.wma", update_time: Math.floor(api.now / 1_000) }],
      total_count: 1,
      item_count: 1,
    });
    expect(await api.post(LIST, { type: "news", offset: 0, count: 20 })).toEqual({
      item: [],
      total_count: 0,
      item_count: 0,
    });
    expect(await api.post(LIST, { type: "image", offset: 99, count: 20 })).toMatchObject({ item: [] });
  });

  test.each([
    [{ type: "thumb", offset: 0, count: 20 }, 40004],
    [{ offset: 0, count: 20 }, 40004],
    [{ type: "image", offset: 0, count: 0 }, 40097],
    [{ type: "image", offset: 0, count: 21 }, 40097],
    [{ type: "image", offset: -1, count: 20 }, 40097],
    [{ type: "image", offset: "0", count: 20 }, 40097],
    [{ type: "image", offset: 0 }, 40097],
    ["[]", 47001],
  ])("refuses to list %j with %i", async (body, errcode) => {
    expect(await new SimulatedApi().post(LIST, body)).toMatchObject({ errcode });
  });

  test("is not for a personal account", async () => {
    expect(await new SimulatedApi("personal").get(COUNT)).toMatchObject({ errcode: 48001 });
  });
});
