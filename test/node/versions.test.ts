/**
 * A deploy replaces Workers at once and objects within minutes: until then each version talks to the objects of the
 * other, and afterwards reads their rows; a rollback the other way round. Every version in test/versions/ and the
 * current tree must get along. `npm run freeze -- <name>` adds one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import { currentVersion, frozenVersions, type Version } from "../../scripts/freeze-version.ts";
import { signOperatorRequest } from "../../src/accounts/operator-signature.ts";
import { createPush, deliver } from "../../simulator/index.ts";
import { AES_KEY, TOKEN } from "../support/wechat.ts";
import { freePorts } from "./support/ports.ts";
import { type Deployment, type PlacedWorker, startDeployment } from "./support/versions.ts";

const APP_SECRET = "0123456789abcdef0123456789abcdef";
const SEND = "/cgi-bin/message/custom/send";
/** A slow handler is late by far, and an ordinary one is not, on a busy machine too. */
const REPLY_DEADLINE_MS = "1500";
const SLOW = "慢 3";
const LATE = "等了 3 秒的答案。";
const PATIENCE = { timeout: 8_000 };

const SIDES = ["old", "new"] as const;
type Side = (typeof SIDES)[number];

/** Which version runs the objects. Both answer requests. */
const PLACEMENTS = [
  { conversations: "old", others: "old" },
  { conversations: "new", others: "new" },
  { conversations: "old", others: "new" },
  { conversations: "new", others: "old" },
] as const;
const SUCCESSIONS = [
  { first: "old", second: "new" },
  { first: "new", second: "old" },
] as const;

const frozen = await frozenVersions();
/** An account for each scene, so that they can run side by side. */
const scenes = frozen.flatMap(({ name }) => [
  ...PLACEMENTS.map(({ conversations, others }) => `${name}:${conversations}:${others}`),
  ...SUCCESSIONS.map(({ first }) => `${name}:${first}`),
]);

let simulator: SimulatorServer;
let current: Version;
beforeAll(async () => {
  const accounts = scenes.map((id) => ({
    id,
    kind: "service" as const,
    url: "http://localhost/wechat",
    token: TOKEN,
    encodingAesKey: AES_KEY,
    appId: `wx-${id}`,
    appSecret: APP_SECRET,
  }));
  const noCallback = (): Response => new Response("success");
  [current, simulator] = await Promise.all([
    currentVersion(),
    freePorts().then((port) => serveSimulator({ accounts, fetch: noCallback }, port)),
  ]);
});
afterAll(() => simulator.close());

type Push = ReturnType<typeof textPush>;

function textPush(user: string, Content: string) {
  return createPush("text", { FromUserName: user, Content });
}

/** A Worker of a scene. */
function placed(
  scene: string,
  name: string,
  version: Version,
  objects: Readonly<Record<string, string>> = {},
): PlacedWorker {
  const vars = {
    WECHAT_TOKEN: TOKEN,
    WECHAT_ENCODING_AES_KEY: AES_KEY,
    WECHAT_APP_ID: `wx-${scene}`,
    WECHAT_APP_SECRET: APP_SECRET,
    WECHAT_ACCOUNT_KIND: "service",
    WECHAT_API_BASE: simulator.url,
    REPLY_DEADLINE_MS,
  };
  return { name, version, objects, vars };
}

/** One account: its users, its operator, and what WeChat's API saw of it. */
class Scene {
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  /** What the user sees at once: the text of a reply, or nothing. */
  async send(url: string, push: Push): Promise<string | undefined> {
    const account = { token: TOKEN, encodingAesKey: AES_KEY, appId: `wx-${this.#id}`, url: `${url}/wechat` };
    const { outcome } = await deliver(push, account);
    if (outcome.kind === "silence") return undefined;
    if (outcome.kind !== "reply") throw new Error(outcome.fault);
    return String(outcome.reply.fields["Content"]);
  }

  say(url: string, user: string, text: string): Promise<string | undefined> {
    return this.send(url, textPush(user, text));
  }

  /** Opens the user's window for messages by the API. */
  async write(user: string): Promise<void> {
    await this.#control("POST", `/api/phone/${this.#id}/${user}/push`, { action: "text", Content: "x" });
  }

  /** The messages that came by the API. */
  async shown(user: string): Promise<unknown[]> {
    const phone = await this.#control("GET", `/api/phone/${this.#id}/${user}`);
    const timeline: unknown = phone["timeline"];
    if (!Array.isArray(timeline)) throw new Error("a phone without a timeline");
    return timeline
      .filter((entry: object) => Reflect.get(entry, "via") === "customer-service")
      .map((entry: object) => Reflect.get(Object(Reflect.get(entry, "reply")), "fields"));
  }

  /** How often the API was asked to send the user a message. */
  async sends(user: string): Promise<number> {
    const { calls } = await this.#control("GET", `/api/platform/${this.#id}/calls`);
    if (!Array.isArray(calls)) throw new Error("a platform without calls");
    return calls.filter(
      (call: object) => Reflect.get(call, "path") === SEND && Reflect.get(call, "openid") === user,
    ).length;
  }

  async tokensIssued(): Promise<unknown> {
    const { stable } = await this.#control("GET", `/api/platform/${this.#id}/tokens`);
    return Reflect.get(Object(stable), "issued");
  }

  async voidTokens(): Promise<void> {
    await this.#control("POST", `/api/platform/${this.#id}/tokens`, { action: "invalidate", of: "all" });
  }

  async accessToken(url: string, refused?: string): Promise<string> {
    const { access_token: token } = await this.#operator(url, "access-token", refused && { refused });
    return String(token);
  }

  /** How often a reason of refusal was recorded. */
  async refusals(url: string): Promise<unknown> {
    const { counts } = await this.#operator(url, "refusals");
    return counts;
  }

  /** What the operator sees of a user's pushes. */
  async report(url: string, user: string): Promise<unknown> {
    return this.#operator(url, `conversations/${user}`);
  }

  async #operator(url: string, what: string, json?: object | ""): Promise<Record<string, unknown>> {
    const method = json ? "POST" : "GET";
    const target = `/api/v1/accounts/default/${what}`;
    const body = json ? JSON.stringify(json) : "";
    const authorization = await signOperatorRequest(
      { appId: `wx-${this.#id}`, appSecret: APP_SECRET, encodingAesKeys: [AES_KEY] },
      { method, target, body },
      Math.floor(Date.now() / 1000),
    );
    const headers = { authorization: authorization ?? "" };
    return objectOf(await fetch(url + target, { method, headers, ...(json ? { body } : {}) }));
  }

  async #control(method: string, path: string, json?: object): Promise<Record<string, unknown>> {
    const headers = { "Content-Type": "application/json" };
    const body = json && { body: JSON.stringify(json) };
    return objectOf(await fetch(simulator.url + path, { method, headers, ...body }));
  }
}

async function objectOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
  return { ...JSON.parse(text) };
}

/** A stranger's request. */
async function knock(url: string): Promise<void> {
  const signature = "0".repeat(40);
  const query = `signature=${signature}&timestamp=${Math.floor(Date.now() / 1000)}&nonce=1&echostr=1`;
  expect((await fetch(`${url}/wechat?${query}`)).status).toBe(403);
}

/** What a Worker says when a machine is too busy for a call: it lost patience, and there is no queue here to go to. */
const BUSY = /TimeoutError|"message":"push_not_queued"/;

/** What the Workers complained of, beside the expected; a machine may be too busy for a call. */
function complaints({ lines }: Deployment, expected: string): string[] {
  return lines.filter((line) => {
    const [, level, message] = /"level":"(\w+)".*?"message":"(\w+)"/.exec(line) ?? [];
    return level !== "info" && message !== expected && !BUSY.test(line);
  });
}

describe.each(frozen)("$name and the current tree", (old) => {
  const versions = (): Readonly<Record<Side, Version>> => ({ old, new: current });

  const inTurn = (time: "first" | "second", storage: string): Promise<Deployment> => {
    const workers = SUCCESSIONS.map((succession) => {
      const scene = `${old.name}:${succession.first}`;
      return placed(scene, scene, versions()[succession[time]]);
    });
    return startDeployment({ workers, storage });
  };

  let storage: string;
  let first: Deployment;
  let sideBySide: Deployment;
  beforeAll(async () => {
    storage = await mkdtemp(join(tmpdir(), "wechat-edge-versions-"));
    const workers = PLACEMENTS.flatMap(({ conversations, others }) => {
      const scene = `${old.name}:${conversations}:${others}`;
      const objects = {
        Conversation: `${scene}@${conversations}`,
        TokenKeeper: `${scene}@${others}`,
        RefusalLog: `${scene}@${others}`,
      };
      return SIDES.map((side) => placed(scene, `${scene}@${side}`, versions()[side], objects));
    });
    [sideBySide, first] = await Promise.all([startDeployment({ workers }), inTurn("first", storage)]);
  });
  afterAll(async () => {
    await Promise.all([sideBySide.stop(), first.stop()]);
    await rm(storage, { recursive: true, force: true });
  });

  test.concurrent.each(PLACEMENTS)(
    "side by side: conversations are $conversations, tokens and refusals are $others",
    async ({ conversations, others }) => {
      const id = `${old.name}:${conversations}:${others}`;
      const scene = new Scene(id);
      const urls = [sideBySide.url(`${id}@old`), sideBySide.url(`${id}@new`)] as const;
      for (const url of urls) await scene.say(url, "oFirst", "你好");
      await Promise.all([talkToBoth(scene, urls), waitAtBoth(scene, urls), beRefusedByBoth(scene, urls)]);
      await renewByBoth(scene, urls);
    },
  );

  test.concurrent("one after the other: what the first wrote, the second goes on with", async () => {
    const each = <T>(
      { url }: Deployment,
      act: (scene: Scene, url: string, index: number) => Promise<T>,
    ): Promise<T[]> => {
      const ids = SUCCESSIONS.map((succession) => `${old.name}:${succession.first}`);
      return Promise.all(ids.map((id, index) => act(new Scene(id), url(id), index)));
    };
    const left = await each(first, leaveUnfinished);
    expect(complaints(first, "push_refused")).toEqual([]);
    await first.stop();
    const second = await inTurn("second", storage);
    try {
      await each(second, (scene, url, index) => goOn(scene, url, left[index]));
      expect(complaints(second, "run_resumed")).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  test("side by side, neither complained of the other", () => {
    expect(complaints(sideBySide, "push_refused")).toEqual([]);
  });
});

type Urls = readonly [old: string, current: string];

/** One user's session, whichever Worker the messages go to. */
async function talkToBoth(scene: Scene, [a, b]: Urls): Promise<void> {
  const count = textPush("oTalker", "次数");
  expect(await scene.send(a, count)).toBe("这是你的第 1 条消息。");
  expect(await scene.send(b, count)).toBe("这是你的第 1 条消息。");
  const again = textPush("oTalker", "次数");
  expect(await scene.send(b, again)).toBe("这是你的第 2 条消息。");
  expect(await scene.send(a, again)).toBe("这是你的第 2 条消息。");
  expect(await scene.say(a, "oTalker", "订位")).toContain("哪一天？");
  expect(await scene.say(b, "oTalker", "12")).toBe("12 号，几位？");
  expect(await scene.say(a, "oTalker", "3")).toBe("已预订：12 号，3 位。");
  expect(await scene.say(b, "oTalker", "次数")).toBe("这是你的第 6 条消息。");
  const report = await scene.report(a, "oTalker");
  expect(report).toEqual(await scene.report(b, "oTalker"));
  expect(report).toMatchObject({ v: 1, turns: Array.from({ length: 6 }, () => ({ state: "done" })) });
}

/** Answers that are late at each Worker. */
async function waitAtBoth(scene: Scene, urls: Urls): Promise<void> {
  const waiting = urls.map(async (url, index) => {
    const slow = await sendSlow(scene, url, `oWaiter${index}-`);
    const user = slow.FromUserName;
    await vi.waitFor(async () => expect(await scene.shown(user)).toEqual([{ Content: LATE }]), PATIENCE);
    for (const either of urls) expect(await scene.send(either, slow)).toBeUndefined();
    expect(await scene.sends(user)).toBe(1);
  });
  await Promise.all(waiting);
}

/** A push whose answer is going to be late. On a busy machine it comes with one of WeChat's retries: then another. */
async function sendSlow(scene: Scene, url: string, user: string): Promise<Push> {
  for (let n = 1; n <= 3; n++) {
    const push = textPush(user + n, SLOW);
    await scene.write(user + n);
    const answer = await scene.send(url, push);
    if (answer === undefined) return push;
    expect(answer).toBe(LATE);
  }
  throw new Error("no answer was late");
}

async function beRefusedByBoth(scene: Scene, urls: Urls): Promise<void> {
  for (const url of urls) await knock(url);
  for (const url of urls) {
    await vi.waitFor(
      async () =>
        expect(await scene.refusals(url)).toEqual([{ reason: "signature_mismatch", count: urls.length }]),
      PATIENCE,
    );
  }
}

/** One token for both, the one by which late answers were sent; and one renewal when WeChat refuses it. */
async function renewByBoth(scene: Scene, [a, b]: Urls): Promise<void> {
  const token = await scene.accessToken(a);
  expect(await scene.accessToken(b)).toBe(token);
  expect(await scene.tokensIssued()).toBe(1);
  await scene.voidTokens();
  const renewed = await scene.accessToken(b, token);
  expect(renewed).not.toBe(token);
  expect(await scene.accessToken(a, token)).toBe(renewed);
  expect(await scene.tokensIssued()).toBe(2);
}

/** What one version leaves to the next one. */
interface Left {
  readonly answered: Push;
  readonly interrupted: Push;
  readonly token: string;
}

/** Ends while a handler runs. */
async function leaveUnfinished(scene: Scene, url: string): Promise<Left> {
  const answered = textPush("oTalker", "次数");
  expect(await scene.send(url, answered)).toBe("这是你的第 1 条消息。");
  expect(await scene.say(url, "oTalker", "订位")).toContain("哪一天？");
  const token = await scene.accessToken(url);
  await knock(url);
  const counts = [{ reason: "signature_mismatch", count: 1 }];
  await vi.waitFor(async () => expect(await scene.refusals(url)).toEqual(counts), PATIENCE);
  return { answered, interrupted: await sendSlow(scene, url, "oWaiter"), token };
}

async function goOn(scene: Scene, url: string, left: Left | undefined): Promise<void> {
  if (left === undefined) throw new Error("nothing was left");
  expect(await scene.shown(left.interrupted.FromUserName)).toEqual([]);
  await Promise.all([resume(scene, url, left), goOnTalking(scene, url, left)]);
  expect(await scene.refusals(url)).toEqual([{ reason: "signature_mismatch", count: 1 }]);
  expect(await scene.accessToken(url)).toBe(left.token);
  expect(await scene.tokensIssued()).toBe(1);
}

/** WeChat asks again; the answer comes as it would have come. */
async function resume(scene: Scene, url: string, { interrupted }: Left): Promise<void> {
  const user = interrupted.FromUserName;
  expect(await scene.send(url, interrupted)).toBeUndefined();
  await vi.waitFor(async () => expect(await scene.shown(user)).toEqual([{ Content: LATE }]), PATIENCE);
  expect(await scene.send(url, interrupted)).toBeUndefined();
  expect(await scene.sends(user)).toBe(1);
  expect(await scene.report(url, user)).toMatchObject({
    turns: [{ state: "done", runs: 2, replies: [{ type: "text", state: "sent", tries: 1 }] }],
  });
}

async function goOnTalking(scene: Scene, url: string, { answered }: Left): Promise<void> {
  expect(await scene.send(url, answered)).toBe("这是你的第 1 条消息。");
  expect(await scene.say(url, "oTalker", "12")).toBe("12 号，几位？");
  expect(await scene.say(url, "oTalker", "3")).toBe("已预订：12 号，3 位。");
  expect(await scene.say(url, "oTalker", "次数")).toBe("这是你的第 5 条消息。");
}
