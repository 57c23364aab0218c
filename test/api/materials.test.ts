import { beforeEach, describe, expect, inject, test } from "vitest";
import type { ListedType, Materials } from "../../src/api/calls/materials.ts";
import type { MediaFile, MediaType } from "../../src/api/calls/media-files.ts";
import { amr, BMP, GIF, JPEG, mp3, MP4, padded, PNG, wav, WEBP, WMA } from "../node/support/sample-files.ts";
import { apiOf, ApiIsolate, Platform } from "../support/platform.ts";

const service = new Platform("service");
const ADD = "/cgi-bin/material/add_material";
const GET = "/cgi-bin/material/get_material";
const DELETE = "/cgi-bin/material/del_material";
const COUNT = "/cgi-bin/material/get_materialcount";
const LIST = "/cgi-bin/material/batchget_material";
const KIB = 1_024;
const MIB = 1_024 * KIB;
const MEDIA_ID = /^[\w-]{43}$/;

let materials: Materials;

beforeEach(async () => {
  await service.reset();
  ({ materials } = apiOf("service"));
});

function file(filename: string, content: MediaFile["content"] = PNG): MediaFile {
  return { filename, content };
}

async function bytesOf(answer: { kind: string; body?: ReadableStream<Uint8Array> }): Promise<Uint8Array> {
  expect(answer.kind).toBe("file");
  return new Uint8Array(await new Response(answer.body ?? null).arrayBuffer());
}

async function added(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await materials.add("image", file(`${i}.png`))).media_id);
  return ids;
}

describe("materials.add", () => {
  test.each([
    ["image", "a.png", PNG, "image/png"],
    ["image", "a.jpg", JPEG, "image/jpeg"],
    ["image", "a.gif", GIF, "image/gif"],
    ["image", "a.bmp", BMP, "image/bmp"],
    ["voice", "a.mp3", mp3(60), "audio/mpeg"],
    ["voice", "a.wma", WMA, "audio/x-ms-wma"],
    ["voice", "a.wav", wav(60), "audio/wav"],
    ["voice", "a.amr", amr(60), "audio/amr"],
    ["thumb", "a.jpg", JPEG, "image/jpeg"],
  ] as const)("adds a %s %s, which can be had again", async (type, filename, content, contentType) => {
    const { media_id } = await materials.add(type, file(filename, content));
    expect(media_id).toMatch(MEDIA_ID);
    expect(await service.calls(ADD)).toMatchObject([
      {
        method: "POST",
        query: { type },
        body: { filename, contentType, bytes: content.length },
        effect: true,
      },
    ]);
    expect(await bytesOf(await materials.get(media_id))).toEqual(content);
  });

  test("tells the address of a picture, and of nothing else", async () => {
    const picture = await materials.add("image", file("a.png"));
    expect(picture.url).toBe(`${inject("platformUrl")}/media/${picture.media_id}`);
    expect(await materials.add("voice", file("a.amr", amr(1)))).toEqual({
      media_id: expect.stringMatching(MEDIA_ID),
    });
  });

  test("adds a video with its description", async () => {
    const words = { title: '标题 "引号"', introduction: "简介 😀" };
    const { media_id } = await materials.add("video", file("a.mp4", MP4), words);
    expect(await materials.get(media_id)).toEqual({
      kind: "video",
      title: words.title,
      description: words.introduction,
      down_url: `${inject("platformUrl")}/media/${media_id}`,
    });
  });

  test("a connection that is cut is not tried again: there might be two", async () => {
    await service.fault({ kind: "reset-after", path: ADD });
    await expect(materials.add("image", file("a.png"))).rejects.toMatchObject({
      name: "ApiUnreachableError",
      outcome: "unknown",
    });
    expect(await service.calls(ADD)).toHaveLength(1);
    expect(await materials.count()).toMatchObject({ image_count: 1 });
  });

  test.each<[MediaType, MediaFile, string]>([
    ["image", file("a.png", padded(PNG, 10 * MIB + 1)), "10485760 bytes"],
    ["voice", file("a.amr", padded(amr(1), 2 * MIB + 1)), "2097152 bytes"],
    ["thumb", file("a.jpg", padded(JPEG, 64 * KIB + 1)), "65536 bytes"],
    ["image", file("a.webp", WEBP), ".bmp, .png, .jpg, .jpeg, .gif"],
    ["voice", file("a.ogg", amr(1)), ".mp3, .wma, .wav, .amr"],
    ["thumb", file("a.png"), ".jpg, .jpeg"],
    ["image", file("a.png", new Uint8Array()), "empty"],
    ["news" as MediaType, file("a.png"), '"news" is no type'],
    ["video", file("a.mp4", MP4), "needs a title and an introduction"],
  ])("refuses a %s before anything is sent (%#)", async (type, given, words) => {
    const adding = materials.add(type as "image", given);
    await expect(adding).rejects.toMatchObject({
      name: "ApiInputError",
      message: expect.stringContaining(words),
    });
    expect(await service.calls()).toEqual([]);
  });

  test("refuses a video that is too large or none", async () => {
    const words = { title: "t", introduction: "i" };
    for (const given of [file("a.mp4", padded(MP4, 10 * MIB + 1)), file("a.avi", MP4)]) {
      await expect(materials.add("video", given, words)).rejects.toMatchObject({ name: "ApiInputError" });
    }
    expect(await service.calls()).toEqual([]);
  });

  test("a voice of more than a minute and a full library are WeChat's to refuse", async () => {
    await expect(materials.add("voice", file("a.wav", wav(61)))).rejects.toMatchObject({ errcode: 45007 });
    await service.fault({ kind: "errcode", errcode: 45074, path: ADD });
    await expect(materials.add("image", file("a.png"))).rejects.toMatchObject({
      errcode: 45074,
      reaction: "input",
      hint: expect.stringContaining("Delete what is not needed"),
    });
  });
});

describe("materials.get", () => {
  test("streams a file of which WeChat tells no type and no name", async () => {
    const { media_id } = await materials.add("image", file("a.png"));
    expect(await materials.get(media_id)).toMatchObject({
      kind: "file",
      contentType: undefined,
      filename: undefined,
      bytes: PNG.length,
    });
    expect(await service.calls(GET)).toMatchObject([{ method: "POST", body: { media_id } }]);
  });

  test("a large file is the same after a look at its first byte", async () => {
    const content = padded(PNG, 3 * MIB);
    const { media_id } = await materials.add("image", file("a.png", content));
    const got = await bytesOf(await materials.get(media_id));
    expect(got.length).toBe(content.length);
    expect(got.subarray(0, PNG.length)).toEqual(PNG);
  });

  test("an id that is unknown or temporary is 40007; an empty one costs no call", async () => {
    const { media_id } = await apiOf("service").media.upload("image", file("a.png"));
    for (const id of [media_id, "nobody-knows"]) {
      await expect(materials.get(id)).rejects.toMatchObject({ errcode: 40007, reaction: "input" });
    }
    await expect(materials.get("")).rejects.toMatchObject({ name: "ApiInputError" });
    expect(await service.calls(GET)).toHaveLength(2);
  });

  test("an answer that is none of the three is no answer", async () => {
    await service.fault({ kind: "errcode", errcode: 0, path: GET });
    await expect(materials.get("x")).rejects.toMatchObject({ code: "api_answer_unreadable" });
  });

  test("a connection that is cut is tried again", async () => {
    const { media_id } = await materials.add("image", file("a.png"));
    await service.fault({ kind: "reset", path: GET });
    expect(await bytesOf(await materials.get(media_id))).toEqual(PNG);
  });
});

describe("materials.delete and materials.count", () => {
  test("count what there is, and what is left", async () => {
    const [first = ""] = await added(2);
    await materials.add("voice", file("a.amr", amr(1)));
    await materials.add("video", file("a.mp4", MP4), { title: "t", introduction: "" });
    const before = { voice_count: 1, video_count: 1, image_count: 2, news_count: 0 };
    expect(await materials.count()).toEqual(before);
    await materials.delete(first);
    expect(await materials.count()).toEqual({ ...before, image_count: 1 });
    await expect(materials.get(first)).rejects.toMatchObject({ errcode: 40007 });
    expect(await service.calls(DELETE)).toMatchObject([{ method: "POST", body: { media_id: first } }]);
    expect(await service.calls(COUNT)).toMatchObject([{ method: "GET" }, { method: "GET" }]);
  });

  test("what a menu needs stays: 45060; what is unknown is 40007; nothing is an input error", async () => {
    const [media_id = ""] = await added(1);
    await apiOf("service").menu.create([{ type: "media_id", name: "图", media_id }]);
    await expect(materials.delete(media_id)).rejects.toMatchObject({
      errcode: 45060,
      reaction: "input",
      hint: expect.stringContaining("Change the menu"),
    });
    await expect(materials.delete("nobody-knows")).rejects.toMatchObject({ errcode: 40007 });
    await expect(materials.delete("")).rejects.toMatchObject({ name: "ApiInputError" });
    expect(await service.calls(DELETE)).toHaveLength(2);
  });
});

describe("materials.list and materials.all", () => {
  test("a part of the list, newest first", async () => {
    const ids = await added(3);
    expect(await materials.list("image", { offset: 1, count: 1 })).toEqual({
      total_count: 3,
      item_count: 1,
      item: [
        {
          media_id: ids[1],
          name: "1.png",
          update_time: expect.any(Number),
          url: expect.stringContaining(ids[1] ?? "none"),
        },
      ],
    });
    expect(await materials.list("news")).toEqual({ total_count: 0, item_count: 0, item: [] });
    expect((await service.calls(LIST)).map(({ body }) => body)).toEqual([
      { type: "image", offset: 1, count: 1 },
      { type: "news", offset: 0, count: 20 },
    ]);
  });

  test("all of them, with as few calls as the count allows", async () => {
    const ids = await added(7);
    const names: string[] = [];
    for await (const { media_id } of materials.all("image", { count: 3 })) names.push(media_id);
    expect(names).toEqual(ids.toReversed());
    expect((await service.calls(LIST)).map(({ body }) => body)).toMatchObject([
      { offset: 0 },
      { offset: 3 },
      { offset: 6 },
    ]);
  });

  test("no more calls than are needed when the reader stops, none at the end, one for an empty list", async () => {
    await added(4);
    for await (const _one of materials.all("image", { count: 2 })) break;
    expect(await service.calls(LIST)).toHaveLength(1);
    const rest = await Array.fromAsync(materials.all("image", { count: 2, offset: 2 }));
    expect(rest).toHaveLength(2);
    expect(await service.calls(LIST)).toHaveLength(2);
    expect(await Array.fromAsync(materials.all("video"))).toEqual([]);
    expect(await service.calls(LIST)).toHaveLength(3);
  });

  test.each([
    [{ offset: -1 }, "offset is a whole number from 0"],
    [{ offset: 0.5 }, "0.5 is none"],
    [{ offset: Number.NaN }, "NaN is none"],
    [{ count: 0 }, "count is a whole number from 1 to 20; 0 is none"],
    [{ count: 21 }, "count is a whole number from 1 to 20; 21 is none"],
  ])("refuses %j before anything is sent", async (options, words) => {
    for (const listing of [
      materials.list("image", options),
      Array.fromAsync(materials.all("image", options)),
    ]) {
      await expect(listing).rejects.toMatchObject({
        name: "ApiInputError",
        message: expect.stringContaining(words),
      });
    }
    expect(await service.calls()).toEqual([]);
  });

  test("thumbs cannot be listed", async () => {
    await expect(materials.list("thumb" as ListedType)).rejects.toMatchObject({
      name: "ApiInputError",
      message: expect.stringContaining("image, video, voice, news"),
    });
    expect(await service.calls()).toEqual([]);
  });
});

test("an account without media: 48001, remembered per call", async () => {
  const personal = new Platform("personal");
  await personal.reset();
  const { api } = new ApiIsolate("personal");
  const calls = [
    [ADD, () => api.materials.add("image", file("a.png"))],
    [GET, () => api.materials.get("x")],
    [DELETE, () => api.materials.delete("x")],
    [COUNT, () => api.materials.count()],
    [LIST, () => api.materials.list("image")],
  ] as const;
  for (const [path, call] of calls) {
    await expect(call()).rejects.toMatchObject({ errcode: 48001, remembered: false });
    await expect(call()).rejects.toMatchObject({ errcode: 48001, remembered: true });
    expect(await personal.calls(path)).toHaveLength(1);
  }
});
