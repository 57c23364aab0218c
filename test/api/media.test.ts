import { beforeEach, describe, expect, inject, test } from "vitest";
import { BREAKER_FAILURES } from "../../src/api/request/breaker.ts";
import type { Media } from "../../src/api/calls/media.ts";
import type { DownloadedFile, MediaFile, MediaType } from "../../src/api/calls/media-files.ts";
import { amr, GIF, JPEG, mp3, MP4, padded, PNG, WEBP } from "../node/support/sample-files.ts";
import { apiOf, ApiIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const UPLOAD = "/cgi-bin/media/upload";
const GET = "/cgi-bin/media/get";
const UPLOAD_IMAGE = "/cgi-bin/media/uploadimg";
const KIB = 1_024;
const MIB = 1_024 * KIB;

let media: Media;

beforeEach(async () => {
  await service.reset();
  ({ media } = apiOf("service"));
});

function file(filename: string, content: MediaFile["content"] = PNG): MediaFile {
  return { filename, content };
}

async function bytesOf(answer: { kind: string; body?: ReadableStream<Uint8Array> }): Promise<Uint8Array> {
  expect(answer.kind).toBe("file");
  return new Uint8Array(await new Response(answer.body ?? null).arrayBuffer());
}

interface Streamed {
  readonly content: MediaFile["content"];
  /** How often the stream was opened. */
  readonly opened: () => number;
}

/** A stream that begins as the file does and is made as it is read: `size` bytes, be it that it `says` another number. */
function streamed(beginning: Uint8Array, size: number, says = size): Streamed {
  let opened = 0;
  const stream = (): ReadableStream<Uint8Array> => {
    opened++;
    let left = size;
    return new ReadableStream({
      pull(controller) {
        const chunk = new Uint8Array(Math.min(64 * KIB, left));
        if (left === size) chunk.set(beginning);
        controller.enqueue(chunk);
        left -= chunk.length;
        if (left === 0) controller.close();
      },
    });
  };
  return { content: { stream, bytes: says }, opened: () => opened };
}

describe("media.upload", () => {
  test.each([
    ["image", "猫.png", PNG, "image/png"],
    ["image", "a.JPEG", JPEG, "image/jpeg"],
    ["image", "a.jpg", JPEG, "image/jpeg"],
    ["image", "a.gif", GIF, "image/gif"],
    ["voice", "a.amr", amr(60), "audio/amr"],
    ["voice", "a.mp3", mp3(60), "audio/mpeg"],
    ["video", "a.mp4", MP4, "video/mp4"],
    ["thumb", "a.jpg", JPEG, "image/jpeg"],
  ] as const)("sends a %s %s as WeChat documents it", async (type, filename, content, contentType) => {
    const before = Math.floor(Date.now() / 1_000);
    const answer = await media.upload(type, file(filename, content));
    expect(answer).toEqual({
      type,
      media_id: expect.stringMatching(/^[\w-]{64}$/),
      created_at: expect.any(Number),
    });
    expect(answer.created_at).toBeGreaterThanOrEqual(before);
    expect(await service.calls(UPLOAD)).toMatchObject([
      {
        method: "POST",
        query: { type },
        body: { filename, contentType, bytes: content.length },
        effect: true,
      },
    ]);
  });

  test("what was uploaded can be sent, and shows on the phone", async () => {
    await service.act(OPENID, { action: "text", Content: "图" });
    const { media_id } = await media.upload("image", file("a.png"));
    await apiOf("service").customerService.send(OPENID, { msgtype: "image", image: { media_id } });
    const { timeline } = await service.phone(OPENID);
    expect(timeline.at(-1)).toMatchObject({
      reply: { MsgType: "image", fields: { Image: { MediaId: media_id } } },
    });
    const shown = await fetch(`${inject("platformUrl")}/media/${media_id}`);
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(PNG);
  });

  test("takes bytes, a buffer, a Blob and a stream", async () => {
    const contents = [PNG, PNG.buffer, new Blob([PNG]), streamed(PNG, PNG.length).content];
    for (const content of contents) {
      const { media_id } = await media.upload("image", file("a.png", content));
      expect(await bytesOf(await media.get(media_id))).toEqual(PNG);
    }
  });

  test("a video of 10 MiB goes up as a stream and arrives whole", async () => {
    const { content } = streamed(MP4, 10 * MIB);
    const { media_id } = await media.upload("video", file("a.mp4", content));
    const shown = await fetch(`${inject("platformUrl")}/media/${media_id}`);
    const arrived = new Uint8Array(await shown.arrayBuffer());
    expect(arrived.length).toBe(10 * MIB);
    expect(arrived.subarray(0, MP4.length)).toEqual(MP4);
  });

  test("a connection that is cut is tried again, and the stream opened again", async () => {
    await service.fault({ kind: "reset", path: UPLOAD });
    const { content, opened } = streamed(JPEG, 64 * KIB);
    const { media_id } = await media.upload("thumb", file("a.jpg", content));
    expect(opened()).toBe(2);
    expect(await bytesOf(await media.get(media_id))).toEqual(padded(JPEG, 64 * KIB));
  });

  test.each([
    ["is shorter than it says", 50 * KIB, 'The stream of "a.jpg" has 51200 bytes, not the 61440'],
    ["is longer than it says", 62 * KIB, 'The stream of "a.jpg" has more than the 61440 bytes'],
  ])("a stream that %s is the caller's fault: no media, no second try", async (_what, size, words) => {
    const { content, opened } = streamed(JPEG, size, 60 * KIB);
    await expect(media.upload("thumb", file("a.jpg", content))).rejects.toMatchObject({
      name: "ApiInputError",
      message: expect.stringContaining(words),
    });
    expect(opened()).toBe(1);
    expect(await service.calls(UPLOAD)).toEqual([]);
  });

  test("a stream that breaks off tells why, and says nothing against WeChat", async () => {
    const isolate = new ApiIsolate("service");
    const cause = new Error("the bucket is gone");
    const broken = {
      bytes: 60 * KIB,
      stream: () =>
        new ReadableStream<Uint8Array>({
          pull(controller) {
            if (controller.desiredSize === 1) controller.enqueue(new Uint8Array(KIB));
            controller.error(cause);
          },
        }),
    };
    for (let i = 0; i <= BREAKER_FAILURES; i++) {
      await expect(isolate.api.media.upload("thumb", file("a.jpg", broken))).rejects.toMatchObject({
        name: "ApiInputError",
        message: expect.stringContaining("broke off"),
        cause,
      });
    }
    await isolate.api.media.upload("thumb", file("a.jpg", JPEG));
    expect(await service.calls(UPLOAD)).toHaveLength(1);
  });

  const tooLarge = (bytes: number): MediaFile["content"] => ({
    bytes,
    stream: () => {
      throw new Error("must not be opened");
    },
  });
  test.each<[MediaType, string, MediaFile["content"], string]>([
    ["image", "a.png", tooLarge(10 * MIB + 1), '10485760 bytes; "a.png" has 10485761'],
    ["voice", "a.amr", tooLarge(2 * MIB + 1), '2097152 bytes; "a.amr" has 2097153'],
    ["video", "a.mp4", tooLarge(10 * MIB + 1), '10485760 bytes; "a.mp4" has 10485761'],
    ["thumb", "a.jpg", tooLarge(64 * KIB + 1), '65536 bytes; "a.jpg" has 65537'],
    ["thumb", "a.jpg", padded(JPEG, 64 * KIB + 1), '65536 bytes; "a.jpg" has 65537'],
    ["image", "a.webp", WEBP, '.png, .jpg, .jpeg, .gif; "a.webp" is none'],
    ["image", "a.bmp", PNG, '.png, .jpg, .jpeg, .gif; "a.bmp" is none'],
    ["voice", "a.wav", amr(1), '.amr, .mp3; "a.wav" is none'],
    ["video", "a.mov", MP4, '.mp4; "a.mov" is none'],
    ["thumb", "a.png", PNG, '.jpg, .jpeg; "a.png" is none'],
    ["image", "png", PNG, '"png" is none'],
    ["image", ".png", PNG, '".png" is none'],
    ["image", "a.png.", PNG, '"a.png." is none'],
    ["image", "a.png", new Uint8Array(), '"a.png" is empty'],
    ["image", "a.png", new Blob(), '"a.png" is empty'],
    ["image", "a.png", tooLarge(-1), "-1 is none"],
    ["image", "a.png", tooLarge(1.5), "1.5 is none"],
    ["image", "a.png", tooLarge(Number.NaN), "NaN is none"],
    ["news" as MediaType, "a.png", PNG, '"news" is no type of media'],
  ])("refuses a %s %s before anything is sent (%#)", async (type, filename, content, words) => {
    await expect(media.upload(type, file(filename, content))).rejects.toMatchObject({
      name: "ApiInputError",
      code: "api_input_invalid",
      message: expect.stringContaining(words),
    });
    expect(await service.calls()).toEqual([]);
  });

  test.each<[string, MediaType, MediaFile, number]>([
    ["a voice of more than a minute", "voice", file("a.amr", amr(60.1)), 45007],
    ["a file that is not what its name says", "image", file("a.png", WEBP), 40005],
  ])("%s is refused by WeChat", async (_what, type, given, errcode) => {
    await expect(media.upload(type, given)).rejects.toMatchObject({
      name: "ApiError",
      errcode,
      reaction: "input",
    });
    expect(await service.calls(UPLOAD)).toHaveLength(1);
  });

  test.each([40004, 40006, 40009, 40010, 40011, 40012, 41005, 44001, 45001])(
    "%d is the caller's fault, and not repeated",
    async (errcode) => {
      await service.fault({ kind: "errcode", errcode, path: UPLOAD });
      await expect(media.upload("image", file("a.png"))).rejects.toMatchObject({
        errcode,
        reaction: "input",
      });
      expect(await service.calls(UPLOAD)).toHaveLength(1);
    },
  );

  test("can be cancelled", async () => {
    await service.fault({ kind: "hang", path: UPLOAD });
    const uploading = media.upload("image", file("a.png"), { signal: AbortSignal.timeout(100) });
    await expect(uploading).rejects.toMatchObject({ code: "api_cancelled" });
  });
});

describe("media.get", () => {
  test("gives the file as a stream, with what WeChat says of it", async () => {
    const { media_id } = await media.upload("image", file("a.jpg", JPEG));
    const answer = await media.get(media_id);
    expect(answer).toMatchObject({
      kind: "file",
      contentType: "image/jpeg",
      filename: `${media_id}.jpg`,
      bytes: JPEG.length,
    } satisfies Partial<DownloadedFile>);
    expect(await bytesOf(answer)).toEqual(JPEG);
    expect(await service.calls(GET)).toMatchObject([{ method: "GET", query: { media_id } }]);
  });

  test("gives what a user has sent", async () => {
    const PicUrl = `data:image/png;base64,${PNG.toBase64()}`;
    await service.act(OPENID, { action: "image", PicUrl, MediaId: "sent-by-a-user" });
    expect(await bytesOf(await media.get("sent-by-a-user"))).toEqual(PNG);
  });

  test("gives a video's address", async () => {
    const { media_id } = await media.upload("video", file("a.mp4", MP4));
    expect(await media.get(media_id)).toEqual({
      kind: "video",
      video_url: `${inject("platformUrl")}/media/${media_id}`,
    });
  });

  test("an id that is unknown or has expired is 40007; an empty one costs no call", async () => {
    await expect(media.get("nobody-knows")).rejects.toMatchObject({
      name: "ApiError",
      errcode: 40007,
      reaction: "input",
    });
    await expect(media.get("")).rejects.toMatchObject({ name: "ApiInputError" });
    expect(await service.calls(GET)).toHaveLength(1);
  });

  test.each(["html", "not-json", "empty", "wrong-shape", "redirect"])(
    "%s instead of a file is not taken for one",
    async (kind) => {
      const { media_id } = await media.upload("image", file("a.png"));
      await service.fault({ kind, path: GET, times: 0 });
      await expect(media.get(media_id)).rejects.toMatchObject({ code: "api_answer_unreadable" });
    },
  );

  test("a JSON that has neither a file nor a video is no answer", async () => {
    await service.fault({ kind: "errcode", errcode: 0, path: GET });
    await expect(media.get("x")).rejects.toMatchObject({ code: "api_answer_unreadable" });
  });
});

describe("media.uploadImage", () => {
  test.each([
    ["a.png", PNG, "image/png"],
    ["a.jpg", JPEG, "image/jpeg"],
  ])("takes %s and gives the address that articles need", async (filename, content, contentType) => {
    const { url } = await media.uploadImage(file(filename, content));
    expect(await service.calls(UPLOAD_IMAGE)).toMatchObject([
      { method: "POST", query: {}, body: { filename, contentType, bytes: content.length }, effect: true },
    ]);
    const shown = await fetch(url);
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(content);
  });

  test("takes less than 1 MiB, and jpg or png only", async () => {
    await media.uploadImage(file("a.png", padded(PNG, MIB - 1)));
    for (const given of [file("a.png", padded(PNG, MIB)), file("a.gif", GIF), file("a.png", new Blob())]) {
      await expect(media.uploadImage(given)).rejects.toMatchObject({ name: "ApiInputError" });
    }
    expect(await service.calls(UPLOAD_IMAGE)).toHaveLength(1);
  });

  test("WeChat looks into the file", async () => {
    await expect(media.uploadImage(file("a.png", WEBP))).rejects.toMatchObject({ errcode: 40005 });
  });
});

describe("accounts without media", () => {
  test.each(["personal", "service-unverified"] as const)("%s: 48001, remembered per call", async (kind) => {
    const platform = new Platform(kind);
    await platform.reset();
    const { api } = new ApiIsolate(kind);
    const calls = [
      [UPLOAD, () => api.media.upload("image", file("a.png"))],
      [GET, () => api.media.get("x")],
      [UPLOAD_IMAGE, () => api.media.uploadImage(file("a.png"))],
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
  });
});
