import { beforeEach, describe, expect, inject, test } from "vitest";
import type { QrCodes } from "../../src/api/calls/qr-codes.ts";
import { ApiIsolate, apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const CREATE = "/cgi-bin/qrcode/create";
const DAY_SECONDS = 86_400;

let qrCodes: QrCodes;

beforeEach(async () => {
  await service.reset();
  ({ qrCodes } = apiOf("service"));
});

interface ListedCode {
  readonly ticket: string;
  readonly scene: string;
  readonly actionName: string;
  readonly url: string;
  readonly expiresAt?: number;
}

async function listed(): Promise<ListedCode[]> {
  const { codes }: { codes: ListedCode[] } = await service.control("GET", "qr-codes");
  return codes;
}

describe("qrCodes.createTemporary", () => {
  test.each([
    [123, "QR_SCENE", { scene_id: 123 }],
    [1, "QR_SCENE", { scene_id: 1 }],
    [4_294_967_295, "QR_SCENE", { scene_id: 4_294_967_295 }],
    ["登录-😀", "QR_STR_SCENE", { scene_str: "登录-😀" }],
    ["123", "QR_STR_SCENE", { scene_str: "123" }],
    ["x".repeat(64), "QR_STR_SCENE", { scene_str: "x".repeat(64) }],
  ] as const)("makes a code with the scene %j", async (given, action_name, scene) => {
    const before = Date.now();
    const code = await qrCodes.createTemporary(given, 7 * DAY_SECONDS);
    expect(code).toEqual({
      ticket: expect.any(String),
      expire_seconds: 604_800,
      url: expect.stringMatching(/^http:\/\/weixin\.qq\.com\/q\//),
    });
    expect(await service.calls(CREATE)).toMatchObject([
      {
        method: "POST",
        body: { expire_seconds: 604_800, action_name, action_info: { scene } },
        effect: true,
      },
    ]);
    const [made] = await listed();
    expect(made).toMatchObject({ ticket: code.ticket, scene: String(given), actionName: action_name });
    expect(made?.expiresAt).toBeGreaterThanOrEqual(before + 604_800_000);
  });

  test("who scans it comes with the scene and the ticket", async () => {
    const { ticket } = await qrCodes.createTemporary("门口", 60);
    await service.act(OPENID, { action: "scan", ticket });
    const { timeline } = await service.phone(OPENID);
    expect(JSON.stringify(timeline)).toContain(ticket);
    expect(JSON.stringify(timeline)).toContain("门口");
  });

  test("a connection that is cut is tried again", async () => {
    await service.fault({ kind: "reset", path: CREATE });
    await qrCodes.createTemporary(1, 60);
    expect(await service.calls(CREATE)).toHaveLength(2);
  });

  test.each([0, -1, 1.5, Number.NaN, 2_592_001, Number.POSITIVE_INFINITY])(
    "a life of %d s is refused before anything is sent",
    async (seconds) => {
      await expect(qrCodes.createTemporary(1, seconds)).rejects.toMatchObject({
        name: "ApiInputError",
        message: `A temporary code lives 1 to 2592000 whole seconds, not ${seconds}.`,
      });
      expect(await service.calls()).toEqual([]);
    },
  );

  test("1 s and 30 days are the limits", async () => {
    expect(await qrCodes.createTemporary(1, 1)).toMatchObject({ expire_seconds: 1 });
    expect(await qrCodes.createTemporary(1, 2_592_000)).toMatchObject({ expire_seconds: 2_592_000 });
  });
});

describe("qrCodes.createPermanent", () => {
  test.each([
    [1, "QR_LIMIT_SCENE", { scene_id: 1 }],
    [100_000, "QR_LIMIT_SCENE", { scene_id: 100_000 }],
    ["门店-上海", "QR_LIMIT_STR_SCENE", { scene_str: "门店-上海" }],
  ] as const)("makes a code with the scene %j", async (given, action_name, scene) => {
    const code = await qrCodes.createPermanent(given);
    expect(code).toEqual({ ticket: expect.any(String), url: expect.any(String) });
    const [call] = await service.calls(CREATE);
    expect(call?.body).toEqual({ action_name, action_info: { scene } });
    const [made] = await listed();
    expect(made).toMatchObject({ ticket: code.ticket, scene: String(given) });
    expect(made).not.toHaveProperty("expiresAt");
  });

  test("a connection that is cut is not tried again", async () => {
    await service.fault({ kind: "reset-after", path: CREATE });
    await expect(qrCodes.createPermanent(1)).rejects.toMatchObject({ outcome: "unknown" });
    expect(await service.calls(CREATE)).toHaveLength(1);
  });

  test("no more than 100,000 of them: 45029", async () => {
    await service.fault({ kind: "errcode", errcode: 45029, path: CREATE });
    await expect(qrCodes.createPermanent(1)).rejects.toMatchObject({
      errcode: 45029,
      reaction: "input",
      hint: expect.stringContaining("temporary codes"),
    });
  });
});

test.each<[string, (scene: number | string) => Promise<unknown>, number]>([
  ["temporary", (scene) => qrCodes.createTemporary(scene, 60), 4_294_967_295],
  ["permanent", (scene) => qrCodes.createPermanent(scene), 100_000],
])("a scene out of its limits is refused before anything is sent: %s", async (_kind, create, most) => {
  for (const scene of [0, -1, 1.5, Number.NaN, most + 1]) {
    await expect(create(scene)).rejects.toMatchObject({
      name: "ApiInputError",
      message: `A scene by number is a whole number from 1 to ${most}; ${scene} is none.`,
    });
  }
  for (const scene of ["", "场".repeat(65), "😀".repeat(65)]) {
    await expect(create(scene)).rejects.toMatchObject({
      name: "ApiInputError",
      message: expect.stringContaining("1 to 64 characters; this one has"),
    });
  }
  expect(await service.calls()).toEqual([]);
});

test.each([40052, 40053, 40097])("%d is the caller's fault", async (errcode) => {
  await service.fault({ kind: "errcode", errcode, path: CREATE });
  await expect(qrCodes.createPermanent(1)).rejects.toMatchObject({ errcode, reaction: "input" });
});

describe("qrCodes.imageUrl", () => {
  test("is where the picture is, with the ticket escaped", async () => {
    const { ticket } = await qrCodes.createTemporary("门口", 60);
    const address = qrCodes.imageUrl(ticket);
    expect(address).toBe(`${inject("platformUrl")}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`);
    const picture = await fetch(address);
    expect(picture.status).toBe(200);
    expect(picture.headers.get("content-type")).toMatch(/^image\//);
    await picture.body?.cancel();
  });

  test("is WeChat's own where nothing else is set; no call is made", async () => {
    const { api } = new ApiIsolate("service", { WECHAT_WEB_BASE: "" });
    expect(api.qrCodes.imageUrl("gQ+a/b==&c")).toBe(
      "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ%2Ba%2Fb%3D%3D%26c",
    );
    expect(() => api.qrCodes.imageUrl("")).toThrow(expect.objectContaining({ name: "ApiInputError" }));
    expect(await service.calls()).toEqual([]);
  });
});

test.each(["personal", "subscription", "service-unverified"] as const)(
  "%s, taken for another kind, has no codes: 48001, remembered",
  async (kind) => {
    const platform = new Platform(kind);
    await platform.reset();
    const { api } = claimingIsolate(kind);
    await expect(api.qrCodes.createPermanent(1)).rejects.toMatchObject({
      errcode: 48001,
      reaction: "permission",
      remembered: false,
    });
    await expect(api.qrCodes.createTemporary(1, 60)).rejects.toMatchObject({
      errcode: 48001,
      remembered: true,
    });
    expect(await platform.calls(CREATE)).toHaveLength(1);
  },
);
