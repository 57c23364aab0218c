/** A conversation outlives its process: killed in mid-run, and started again over the same folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pause } from "../support/waiting.ts";
import { AES_KEY, APP_ID, element, openReply, pushRequest, textXml, TOKEN } from "../support/wechat.ts";
import { startWorker, type TestWorker } from "./support/worker.ts";

const VARS = { WECHAT_TOKEN: TOKEN, WECHAT_APP_ID: APP_ID, WECHAT_ENCODING_AES_KEY: AES_KEY };
const KILLS = 5;
const MAX_MS = 20_000;
/** Within this, what died with the process is taken up again. */
const RECOVERY_MS = 60_000;
/** So long a message is being handled. */
const HANDLING_MS = 700;

let state = "";
let worker: TestWorker | undefined;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "wechat-edge-state-"));
});
afterEach(async () => {
  await worker?.stop();
  await rm(state, { recursive: true, force: true });
});

async function start(): Promise<TestWorker> {
  worker = await startWorker({ vars: VARS, main: "test/support/counting-worker.ts", state });
  return worker;
}

/** The text that a push is answered with; `undefined` when the connection ends before. */
async function say({ url }: TestWorker, xml: string): Promise<string | undefined> {
  const request = pushRequest(xml);
  const { pathname, search } = new URL(request.url);
  try {
    const response = await fetch(url + pathname + search, { method: "POST", body: await request.text() });
    return element(openReply(await response.text()), "Content");
  } catch (error) {
    if (error instanceof TypeError) return undefined; // what `fetch` throws when there is no answer
    throw error;
  }
}

test("killed in mid-run: the retry of the same push is answered, and was counted once", async () => {
  const first = await start();
  expect(await say(first, textXml("wait 1"))).toBe("waited 1");
  const xml = textXml(`wait 1500`);
  const answering = say(first, xml);
  await pause(500);
  await first.kill();
  expect(await answering).toBeUndefined();
  const second = await start();
  expect(await say(second, xml)).toBe("waited 2");
  expect(second.lines.join("\n")).toContain("run_resumed");
  expect(await say(second, xml)).toBe("waited 2");
  expect(await say(second, textXml("count"))).toBe("count 2");
});

test("killed at any moment, again and again: every push is answered and counted once", async () => {
  const started = Date.now();
  let kills = 0;
  let current = await start();
  while (kills < KILLS && Date.now() - started < MAX_MS) {
    const xml = textXml(`wait ${HANDLING_MS}`);
    const answering = say(current, xml);
    await pause(Math.random() * 1.3 * HANDLING_MS);
    await current.kill();
    kills++;
    const answer = await answering;
    current = await start();
    const expected = `waited ${kills}`;
    expect([undefined, expected]).toContain(answer);
    expect(await say(current, xml), `after kill ${kills}`).toBe(expected);
    expect(await say(current, xml)).toBe(expected);
  }
  expect(kills).toBeGreaterThan(1);
  expect(await say(current, textXml("count"))).toBe(`count ${kills}`);
}, 90_000);

test("killed while a Worker runs one job and the queue keeps another: both are done after the start, once", async () => {
  const first = await start();
  const [working, reminded] = ["oWorking", "oReminded"];
  const xml = textXml("work 3000", { FromUserName: working });
  const answering = say(first, xml);
  expect(await say(first, textXml("remind 2", { FromUserName: reminded }))).toBe("on record");
  await pause(1_000);
  await first.kill();
  expect(await answering).toBeUndefined();
  const second = await start();
  // The last line is the last answer: one that the machine was too busy for stands before it.
  const counts = async (): Promise<unknown[]> => {
    const said = [working, reminded].map((FromUserName) => say(second, textXml("count", { FromUserName })));
    return (await Promise.all(said)).map((text) => text?.split("\n").at(-1));
  };
  // The queue has forgotten its message, and nobody renews the lease: the objects' alarms notice after half a minute.
  await waitFor(async () => {
    expect(await counts()).toEqual(["count 1", "count 1"]);
  }, RECOVERY_MS);
  expect(second.lines.join("\n")).toContain("job_lease_expired");
  await pause(3_000);
  expect(await counts()).toEqual(["count 1", "count 1"]);
}, 120_000);

/** Asks once a second. */
async function waitFor(check: () => Promise<void>, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(1_000);
    }
  }
}
