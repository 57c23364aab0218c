/** QR codes with scenes: made by the API, shown as pictures, scanned by phones. */
import { describe, expect, test } from "vitest";
import { QrCodes } from "../../../simulator/platform/qr-codes.ts";
import { readQrCode } from "../support/read-qr-code.ts";
import { objectOf, SimulatedApi } from "../support/simulated-account.ts";

const CREATE = "/cgi-bin/qrcode/create";
const SHOW = "/cgi-bin/showqrcode";
const URL_OF_CODE = /^http:\/\/weixin\.qq\.com\/q\/02[\w-]{20}$/;

const withId = (action_name: string, scene_id: unknown, more: object = {}): object => ({
  ...more,
  action_name,
  action_info: { scene: { scene_id } },
});
const withText = (action_name: string, scene_str: unknown, more: object = {}): object => ({
  ...more,
  action_name,
  action_info: { scene: { scene_str } },
});

async function ticketOf(api: SimulatedApi, body: object): Promise<string> {
  const { ticket } = await api.post(CREATE, body);
  expect(ticket).toEqual(expect.any(String));
  return String(ticket);
}

function show(api: SimulatedApi, ticket: string): Promise<Response> {
  return api.request(`${SHOW}?ticket=${encodeURIComponent(ticket)}`);
}

describe("qrcode/create", () => {
  test.each([
    ["a temporary number", withId("QR_SCENE", 123, { expire_seconds: 604_800 }), 604_800],
    ["a temporary text", withText("QR_STR_SCENE", "test", { expire_seconds: 604_800 }), 604_800],
    ["a permanent number", withId("QR_LIMIT_SCENE", 123), undefined],
    ["a permanent text", withText("QR_LIMIT_STR_SCENE", "test"), undefined],
  ])("takes the official example of %s", async (_, body, expire_seconds) => {
    const answer = await new SimulatedApi().post(CREATE, body);
    expect(answer).toEqual({
      ticket: expect.stringMatching(/^gQ[A-Za-z0-9+/]{94}$/),
      url: expect.stringMatching(URL_OF_CODE),
      ...(expire_seconds === undefined ? {} : { expire_seconds }),
    });
    const inside = Buffer.from(String(answer["ticket"]), "base64");
    expect(inside.toString("latin1")).toContain(String(answer["url"]));
    expect(inside.readUInt32LE(inside.length - 4)).toBe(expire_seconds ?? 0);
  });

  test.each([
    ["the largest temporary number", withId("QR_SCENE", 4_294_967_295)],
    ["the largest permanent number", withId("QR_LIMIT_SCENE", 100_000)],
    ["the longest temporary text", withText("QR_STR_SCENE", "场".repeat(64))],
    ["the longest permanent text", withText("QR_LIMIT_STR_SCENE", "s".repeat(64))],
    ["the longest time", withId("QR_SCENE", 1, { expire_seconds: 2_592_000 })],
    ["the shortest time", withId("QR_SCENE", 1, { expire_seconds: 1 })],
  ])("takes %s", async (_, body) => {
    expect(await new SimulatedApi().post(CREATE, body)).toHaveProperty("ticket");
  });

  test.each<[string, object | string, number]>([
    ["no kind", { action_info: { scene: { scene_id: 1 } } }, 40052],
    ["an unknown kind", withId("QR_CARD", 1), 40052],
    ["no scene", { action_name: "QR_SCENE" }, 40053],
    ["a scene that is a text", { action_name: "QR_SCENE", action_info: { scene: "1" } }, 40053],
    ["scene 0", withId("QR_SCENE", 0), 40053],
    ["a negative scene", withId("QR_SCENE", -1), 40053],
    ["half a scene", withId("QR_SCENE", 1.5), 40053],
    ["a scene of 33 bits", withId("QR_SCENE", 4_294_967_296), 40053],
    ["a number as text", withId("QR_SCENE", "123"), 40053],
    ["a text instead of a number", withText("QR_SCENE", "test"), 40053],
    ["a permanent scene above 100000", withId("QR_LIMIT_SCENE", 100_001), 40053],
    ["a number instead of a text", withId("QR_STR_SCENE", 1), 40053],
    ["an empty text", withText("QR_STR_SCENE", ""), 40053],
    ["65 characters", withText("QR_LIMIT_STR_SCENE", "s".repeat(65)), 40053],
    ["a time of more than 30 days", withId("QR_SCENE", 1, { expire_seconds: 2_592_001 }), 40097],
    ["no time at all", withId("QR_SCENE", 1, { expire_seconds: 0 }), 40097],
    ["a time as text", withId("QR_SCENE", 1, { expire_seconds: "60" }), 40097],
    ["no JSON", "scene", 47001],
    ["nothing", "", 44002],
  ])("refuses %s", async (_, body, errcode) => {
    const answer = await new SimulatedApi().post(CREATE, body);
    expect(answer).toEqual({ errcode, errmsg: expect.stringMatching(/^(?!error)\S.* rid: [\w-]+$/) });
  });

  test("gives a permanent scene the same code again, a temporary one a new code", async () => {
    const api = new SimulatedApi();
    const permanent = withText("QR_LIMIT_STR_SCENE", "door");
    expect(await ticketOf(api, permanent)).toBe(await ticketOf(api, permanent));
    const temporary = withText("QR_STR_SCENE", "door");
    expect(await ticketOf(api, temporary)).not.toBe(await ticketOf(api, temporary));
  });

  test("gives 100,000 permanent codes and no more", () => {
    const codes = new QrCodes({ now: () => 0, changed: () => undefined });
    const create = (scene: number): unknown =>
      codes.create({ actionName: "QR_LIMIT_SCENE", scene: String(scene) });
    for (let scene = 1; scene <= 100_000; scene++) create(scene);
    expect(create(1)).toBeDefined();
    expect(codes.create({ actionName: "QR_LIMIT_STR_SCENE", scene: "one more" })).toBeUndefined();
    expect(codes.create({ actionName: "QR_STR_SCENE", scene: "one more", expireSeconds: 60 })).toBeDefined();
  });

  test("forgets the oldest temporary codes, and no permanent one", () => {
    const codes = new QrCodes({ now: () => 0, changed: () => undefined });
    const stays = codes.create({ actionName: "QR_LIMIT_SCENE", scene: "1" });
    const first = codes.create({ actionName: "QR_SCENE", scene: "1", expireSeconds: 60 });
    for (let scene = 2; scene <= 10_001; scene++) {
      codes.create({ actionName: "QR_SCENE", scene: String(scene), expireSeconds: 60 });
    }
    expect(codes.find(first?.ticket ?? "")).toBeUndefined();
    expect(codes.find(stays?.ticket ?? "")).toBe(stays);
    expect(codes.list()).toHaveLength(10_001);
  });

  test.each(["personal", "subscription", "service-unverified"] as const)("is not for %s", async (kind) => {
    expect(await new SimulatedApi(kind).post(CREATE, withId("QR_SCENE", 1))).toMatchObject({
      errcode: 48001,
    });
  });
});

describe("showqrcode", () => {
  test("shows a code that a phone can read, without a token", async () => {
    const api = new SimulatedApi();
    const { ticket, url } = await api.post(CREATE, withText("QR_LIMIT_STR_SCENE", "door"));
    const response = await show(api, String(ticket));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    expect(readQrCode(await response.text())).toBe(url);
  });

  test("does not know a ticket that is wrong, missing, or was not escaped", async () => {
    const api = new SimulatedApi();
    for (const ticket of ["gQwrong", ""]) expect((await show(api, ticket)).status).toBe(404);
    expect((await api.request(SHOW)).status).toBe(404);
    for (let tries = 0; tries < 200; tries++) {
      const ticket = await ticketOf(api, withId("QR_SCENE", 1));
      if (!ticket.includes("+")) continue;
      expect((await api.request(`${SHOW}?ticket=${ticket}`)).status).toBe(404);
      expect((await show(api, ticket)).status).toBe(200);
      return;
    }
    throw new Error("no ticket with a + in two hundred");
  });

  test("shows temporary codes until they expire: after a minute, if nothing else was said", async () => {
    const api = new SimulatedApi();
    const { ticket, expire_seconds } = await api.post(CREATE, withId("QR_SCENE", 1));
    expect(expire_seconds).toBe(60);
    api.now += 59_999;
    expect((await show(api, String(ticket))).status).toBe(200);
    api.now += 1;
    expect((await show(api, String(ticket))).status).toBe(404);
    await expect(api.act({ action: "scan", ticket })).rejects.toThrow("expired");
  });
});

describe("scanning", () => {
  test("pushes SCAN to a follower's account, subscribe to that of anybody else, with scene and ticket", async () => {
    const api = new SimulatedApi();
    const ticket = await ticketOf(api, withText("QR_STR_SCENE", "门店-42"));
    expect(await api.act({ action: "scan", ticket })).toMatchObject({
      Event: "SCAN",
      EventKey: "门店-42",
      Ticket: ticket,
    });
    await api.act({ action: "unfollow" });
    const number = await ticketOf(api, withId("QR_LIMIT_SCENE", 7));
    expect(await api.act({ action: "scan", ticket: number })).toMatchObject({
      Event: "subscribe",
      EventKey: "qrscene_7",
      Ticket: number,
    });
  });

  test("is offered all codes that have not expired, newest first, with their pictures", async () => {
    const api = new SimulatedApi();
    const first = await ticketOf(api, withId("QR_SCENE", 1, { expire_seconds: 60 }));
    const second = await ticketOf(api, withText("QR_LIMIT_STR_SCENE", "door"));
    const list = async (): Promise<unknown> =>
      (await objectOf(await api.request("/api/platform/default/qr-codes")))["codes"];
    expect(await list()).toMatchObject([
      { ticket: second, scene: "door", actionName: "QR_LIMIT_STR_SCENE" },
      { ticket: first, scene: "1", actionName: "QR_SCENE", expiresAt: api.now + 60_000 },
    ]);
    const [{ imageUrl }] = Object(await list());
    const { pathname, search } = new URL(imageUrl);
    expect((await api.request(pathname + search)).status).toBe(200);
    api.now += 60_000;
    expect(await list()).toMatchObject([{ ticket: second }]);
  });
});
