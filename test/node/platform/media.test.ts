/** Temporary media: what may be uploaded, how long it lives, and that what users send can be downloaded. */
import { describe, expect, test } from "vitest";
import { MediaStore } from "../../../simulator/media.ts";
import { type FilePart, objectOf, ORIGIN, SimulatedApi, USER } from "../support/simulated-account.ts";
import {
  ALL_FORMATS,
  amr,
  bytesOf,
  GIF,
  JPEG,
  mp3,
  MP4,
  padded,
  PNG,
  WEBP,
} from "../support/sample-files.ts";

const UPLOAD = "/cgi-bin/media/upload";
const GET = "/cgi-bin/media/get";
const DAY_MS = 24 * 60 * 60 * 1_000;
const MIB = 1_024 * 1_024;

async function uploaded(api: SimulatedApi, type: string, file: FilePart): Promise<string> {
  const answer = await api.upload(UPLOAD, { type }, file);
  const name = type === "thumb" ? "thumb_media_id" : "media_id";
  expect(answer).toEqual({
    type,
    [name]: expect.stringMatching(/^[\w-]{64}$/),
    created_at: Math.floor(api.now / 1_000),
  });
  return String(answer[name]);
}

describe("media/upload", () => {
  test.each([
    ["image", "a.png", PNG, "image/png", "png"],
    ["image", "a.JPEG", JPEG, "image/jpeg", "jpg"],
    ["image", "a.gif", GIF, "image/gif", "gif"],
    ["voice", "a.amr", amr(60), "audio/amr", "amr"],
    ["voice", "a.mp3", mp3(60), "audio/mpeg", "mp3"],
    ["thumb", "a.jpg", JPEG, "image/jpeg", "jpg"],
  ] as const)("takes %s %s and gives it back", async (type, filename, bytes, contentType, extension) => {
    const api = new SimulatedApi();
    const id = await uploaded(api, type, { bytes, filename });
    const response = await api.fetch(GET, { media_id: id });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(contentType);
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${id}.${extension}"`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  test("gives a video back by address", async () => {
    const api = new SimulatedApi();
    const id = await uploaded(api, "video", { bytes: MP4, filename: "一分钟.mp4" });
    const answer = await api.get(GET, { media_id: id });
    expect(answer).toEqual({ video_url: `${ORIGIN}/media/${id}` });
    const file = await api.request(`/media/${id}`);
    expect(file.headers.get("content-type")).toBe("video/mp4");
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(MP4);
  });

  test.each([
    ["image", "a.png", padded(PNG, 10 * MIB), 40009],
    ["voice", "a.amr", padded(amr(1), 2 * MIB), 40010],
    ["video", "a.mp4", padded(MP4, 10 * MIB), 40011],
    ["thumb", "a.jpg", padded(JPEG, 64 * 1_024), 40012],
  ] as const)("refuses a %s that is one byte too large", async (type, filename, largest, errcode) => {
    const api = new SimulatedApi();
    const file = { bytes: padded(largest, largest.length + 1), filename };
    expect(await api.upload(UPLOAD, { type }, file)).toMatchObject({ errcode });
    if (type !== "voice") await uploaded(api, type, { bytes: largest, filename });
  });

  test.each(ALL_FORMATS)("takes %s as the types that it may be", async (name, bytes, allowed) => {
    const api = new SimulatedApi();
    for (const type of ["image", "voice", "video", "thumb"]) {
      const answer = await api.upload(UPLOAD, { type }, { bytes, filename: `a.${name}` });
      if (allowed.temporary.includes(type)) expect(answer).toMatchObject({ type });
      else
        expect(answer).toMatchObject({ errcode: 40005, errmsg: expect.stringMatching(/^invalid file type/) });
    }
  });

  test.each([
    ["a name without extension", { bytes: PNG, filename: "picture" }],
    ["a name of another format", { bytes: PNG, filename: "a.webp" }],
    ["WebP under a name of PNG", { bytes: WEBP, filename: "a.png" }],
    ["a text", { bytes: bytesOf("hello"), filename: "a.jpg" }],
  ])("refuses %s with 40005", async (_, file) => {
    expect(await new SimulatedApi().upload(UPLOAD, { type: "image" }, file)).toMatchObject({
      errcode: 40005,
    });
  });

  test.each([
    ["an AMR", amr(60.02), "a.amr"],
    ["an MP3", mp3(60.1), "a.mp3"],
  ])("refuses %s of more than a minute", async (_, bytes, filename) => {
    const answer = await new SimulatedApi().upload(UPLOAD, { type: "voice" }, { bytes, filename });
    expect(answer).toMatchObject({ errcode: 45007, errmsg: expect.stringContaining("playtime") });
  });

  test.each(["news", "", "IMAGE"])("refuses the type %j with 40004", async (type) => {
    const answer = await new SimulatedApi().upload(UPLOAD, { type }, { bytes: PNG, filename: "a.png" });
    expect(answer).toMatchObject({
      errcode: 40004,
      errmsg: expect.stringMatching(/^invalid media type rid: /),
    });
  });

  test("refuses a form without the part media, without a filename, without a file, and no form at all", async () => {
    const api = new SimulatedApi();
    const type = "image";
    const upload = (file: FilePart): Promise<object> => api.upload(UPLOAD, { type }, file);
    expect(await upload({ bytes: PNG, filename: "a.png", field: "file" })).toMatchObject({ errcode: 41005 });
    expect(await upload({ bytes: PNG })).toMatchObject({ errcode: 41005 });
    expect(await upload({ bytes: bytesOf(""), filename: "a.png" })).toMatchObject({ errcode: 44001 });
    for (const body of [PNG, "{}", ""]) {
      expect(await objectOf(await api.fetch(UPLOAD, { type }, { method: "POST", body }))).toMatchObject({
        errcode: 41005,
      });
    }
    const headers = { "Content-Type": "multipart/form-data; boundary=x" };
    const broken = await api.fetch(UPLOAD, { type }, { method: "POST", headers, body: "--x\r\nbroken" });
    expect(await objectOf(broken)).toMatchObject({ errcode: 41005 });
  });

  test("takes a form as other programs write it", async () => {
    const api = new SimulatedApi();
    const head =
      '--BOUNDARY\r\nContent-Disposition: form-data; name="media"; filename="a.png"; filelength=68\r\nContent-Type: application/octet-stream\r\n\r\n';
    const body = new Blob([head, PNG, "\r\n--BOUNDARY--\r\n"]);
    const headers = { "Content-Type": "multipart/form-data; boundary=BOUNDARY" };
    const answer = await objectOf(
      await api.fetch(UPLOAD, { type: "image" }, { method: "POST", headers, body }),
    );
    const response = await api.fetch(GET, { media_id: String(answer["media_id"]) });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
  });

  test.each(["personal", "service-unverified"] as const)("is not for an account of kind %s", async (kind) => {
    const api = new SimulatedApi(kind);
    const file = { bytes: PNG, filename: "a.png" };
    expect(await api.upload(UPLOAD, { type: "image" }, file)).toMatchObject({ errcode: 48001 });
    expect(await api.get(GET, { media_id: "x" })).toMatchObject({ errcode: 48001 });
  });
});

describe("media/get", () => {
  test("knows an id for three days", async () => {
    const api = new SimulatedApi();
    const id = await uploaded(api, "image", { bytes: PNG, filename: "a.png" });
    api.now += 3 * DAY_MS - 1;
    expect((await api.fetch(GET, { media_id: id })).headers.get("content-type")).toBe("image/png");
    expect((await api.request(`/media/${id}`)).status).toBe(200);
    api.now += 1;
    expect(await api.get(GET, { media_id: id })).toMatchObject({
      errcode: 40007,
      errmsg: expect.stringMatching(/^invalid media_id rid: /),
    });
    expect((await api.request(`/media/${id}`)).status).toBe(404);
  });

  test("refuses an unknown id, a missing one, and one of the library", async () => {
    const api = new SimulatedApi();
    expect(await api.get(GET, { media_id: "unknown" })).toMatchObject({ errcode: 40007 });
    expect(await api.get(GET)).toMatchObject({ errcode: 41006 });
    const kept = await api.upload(
      "/cgi-bin/material/add_material",
      { type: "image" },
      { bytes: PNG, filename: "a.png" },
    );
    expect(await api.get(GET, { media_id: String(kept["media_id"]) })).toMatchObject({ errcode: 40007 });
  });

  test("gives what a user sent: the sample picture, one of the user's own, a voice", async () => {
    const api = new SimulatedApi();
    const download = async (push: object): Promise<Response> =>
      api.fetch(GET, { media_id: String(Reflect.get(push, "MediaId")) });
    const sample = await api.act({ action: "image" });
    const picture = await download(sample);
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
    const bytes = new Uint8Array(await picture.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    const shown = await api.request(new URL(String(sample["PicUrl"])).pathname);
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(bytes);

    const own = await api.act({
      action: "image",
      PicUrl: `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`,
    });
    expect(new Uint8Array(await (await download(own)).arrayBuffer())).toEqual(PNG);

    const voice = await download(await api.act({ action: "voice", Recognition: "你好" }));
    expect(voice.headers.get("content-type")).toBe("audio/amr");
    expect(
      Buffer.from(await voice.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe("#!AMR\n");
  });

  test("says which address it could not fetch a user's picture from", async () => {
    const api = new SimulatedApi();
    const push = await api.act({ action: "image", PicUrl: "http://localhost:9/nothing.jpg" });
    expect(await api.get(GET, { media_id: String(push["MediaId"]) })).toMatchObject({
      errcode: -1,
      errmsg: expect.stringContaining("http://localhost:9/nothing.jpg cannot be fetched"),
    });
  });

  test("has no voices of web pages", async () => {
    const api = new SimulatedApi();
    const id = await uploaded(api, "voice", { bytes: amr(1), filename: "a.amr" });
    expect(await api.get("/cgi-bin/media/get/jssdk", { media_id: id })).toMatchObject({ errcode: 40007 });
    expect(await api.get("/cgi-bin/media/get/jssdk")).toMatchObject({ errcode: 41006 });
  });

  test("knows nothing of another account's media", async () => {
    const id = await uploaded(new SimulatedApi(), "image", { bytes: PNG, filename: "a.png" });
    expect(await new SimulatedApi().get(GET, { media_id: id })).toMatchObject({ errcode: 40007 });
  });

  test("lets a customer-service message use what was uploaded, and nothing else", async () => {
    const api = new SimulatedApi();
    await api.act({ action: "text", Content: "你好" });
    const media_id = await uploaded(api, "image", { bytes: PNG, filename: "a.png" });
    const message = (id: string): object => ({ touser: USER, msgtype: "image", image: { media_id: id } });
    expect(await api.post("/cgi-bin/message/custom/send", message(media_id))).toEqual({
      errcode: 0,
      errmsg: "ok",
    });
    expect(await api.post("/cgi-bin/message/custom/send", message("x"))).toMatchObject({ errcode: 40007 });
  });

  test("forgets the oldest first when there is more than a developer's machine should hold", () => {
    const store = new MediaStore({ now: () => 0 });
    const big = { kind: "bytes", type: "image/png", bytes: padded(PNG, 10 * MIB) } as const;
    const facts = { mediaType: "image", filename: "a.png" } as const;
    const [first, second, ...others] = Array.from({ length: 26 }, () =>
      store.upload(big, facts, "temporary"),
    );
    expect(store.find(first?.id ?? "")).toBeUndefined();
    for (const kept of [second, ...others]) expect(store.find(kept?.id ?? "")).toBe(kept);
    expect(store.upload({ ...big, bytes: padded(PNG, 300 * MIB) }, facts, "permanent")).toBeUndefined();
  });
});

describe("media/uploadimg", () => {
  const path = "/cgi-bin/media/uploadimg";

  test("gives an address that stays, but no media id", async () => {
    const api = new SimulatedApi();
    const answer = await api.upload(path, {}, { bytes: JPEG, filename: "test.jpg" });
    expect(answer).toEqual({ url: expect.stringMatching(/^http:\/\/localhost:8788\/media\/[\w-]+$/) });
    api.now += 400 * DAY_MS;
    const { pathname } = new URL(String(answer["url"]));
    const file = await api.request(pathname);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(JPEG);
    const id = pathname.slice("/media/".length);
    expect(await api.get(GET, { media_id: id })).toMatchObject({ errcode: 40007 });
  });

  test("takes JPEG and PNG of less than 1 MB", async () => {
    const api = new SimulatedApi();
    const upload = (filename: string, bytes: Uint8Array<ArrayBuffer>): Promise<object> =>
      api.upload(path, {}, { bytes, filename });
    expect(await upload("a.png", padded(PNG, MIB - 1))).toHaveProperty("url");
    expect(await upload("a.png", padded(PNG, MIB))).toMatchObject({ errcode: 40009 });
    expect(await upload("a.gif", GIF)).toMatchObject({ errcode: 40005 });
    expect(await upload("a.jpg", bytesOf(""))).toMatchObject({ errcode: 44001 });
    expect(await api.post(path, {})).toMatchObject({ errcode: 41005 });
  });
});
