/** The simulated model over bare HTTP in Node: what a socket sees of it. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DEVELOPMENT_MODEL_KEY, writtenText } from "../../simulator/index.ts";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import { objectOf } from "./support/simulated-account.ts";
import { freePorts } from "./support/ports.ts";

let server: SimulatorServer;
beforeAll(async () => {
  server = await serveSimulator({ accounts: [] }, await freePorts());
});
afterAll(() => server.close());
beforeEach(() => control("POST", "reset", {}));

const control = async (method: string, what: string, body?: object) => {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  return objectOf(await fetch(`${server.url}/model/control/${what}`, init));
};
const order = (body: object) => control("POST", "switches", body);
const calls = async () => (await control("GET", "calls"))["calls"];

/** Asks for a stream; resolves with its head. */
function ask(content: string, body: object = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${DEVELOPMENT_MODEL_KEY}`, "Content-Type": "application/json" };
    const request = httpRequest(
      `${server.url}/model/v1/chat/completions`,
      { method: "POST", headers },
      resolve,
    );
    request.on("error", reject);
    const messages = [{ role: "user", content }];
    request.end(JSON.stringify({ model: "simulated-chat", messages, stream: true, ...body }));
  });
}

/** All that comes until the connection ends, and the error it ends with. */
async function readAll(response: IncomingMessage): Promise<{ parts: Buffer[]; error: unknown }> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(Buffer.from(part));
    return { parts, error: undefined };
  } catch (error) {
    return { parts, error };
  }
}

function contentOf(parts: readonly Buffer[]): string {
  return Array.from(
    Buffer.concat(parts)
      .toString()
      .matchAll(/"content":("(?:[^"\\]|\\.)*")/g),
    ([, text = '""']) => String(JSON.parse(text)),
  ).join("");
}

describe("over a real connection", () => {
  test("a long text comes whole", async () => {
    const { parts, error } = await readAll(await ask("写 5000 字"));
    expect(error).toBeUndefined();
    expect(contentOf(parts)).toBe(writtenText({ characters: 5_000 }));
    expect(Buffer.concat(parts).toString().endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("pieces come when they are due, each by itself", async () => {
    await order({ chunkMs: 50, text: "一二三四", tokensPerChunk: 1 });
    const begun = Date.now();
    const response = await ask("你好");
    const arrivals: number[] = [];
    response.on("data", () => arrivals.push(Date.now() - begun));
    await new Promise((resolve) => {
      response.on("end", resolve);
    });
    expect(arrivals.length).toBeGreaterThanOrEqual(5);
    expect(arrivals[0]).toBeLessThan(150);
    expect(arrivals.at(-1)).toBeGreaterThan(190);
  });

  test("a character is cut in two by the packets", async () => {
    await order({ fault: "split-character", text: "一二三四", tokensPerChunk: 1 });
    const { parts } = await readAll(await ask("你好"));
    expect(parts.some((part) => part.toString().includes("\uFFFD"))).toBe(true);
    expect(contentOf(parts)).toBe("一二三四");
  });

  test("a connection is reset in the middle, after what came before", async () => {
    await order({ fault: "reset", text: "一二三四", tokensPerChunk: 1, afterChunks: 3 });
    const { parts, error } = await readAll(await ask("你好"));
    expect(contentOf(parts)).toBe("一二三");
    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(await calls()).toMatchObject([{ ended: "failed", fault: "reset", tokensSent: 3 }]);
  });

  test("a connection is reset before any answer", async () => {
    await order({ fault: "reset", afterChunks: 0 });
    await expect(ask("你好")).rejects.toMatchObject({ code: "ECONNRESET" });
    await order({ fault: "reset" });
    await expect(ask("你好", { stream: false })).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("an end without [DONE] is a proper end", async () => {
    await order({ fault: "end", text: "一二三四" });
    const { parts, error } = await readAll(await ask("你好"));
    expect(error).toBeUndefined();
    expect(contentOf(parts)).toBe("一二");
  });

  test.each([
    ["a slow stream", { totalMs: 60_000, characters: 400 }],
    ["a stream that stalls", { fault: "stall", characters: 400 }],
    ["signs of life", { firstByteMs: 60_000, keepAliveMs: 20 }],
  ])("a client that hangs up on %s is recorded as cancelled", async (_, behaviour) => {
    await order(behaviour);
    const response = await ask("你好");
    response.once("data", () => response.destroy());
    await vi.waitFor(async () => expect(await calls()).toMatchObject([{ ended: "cancelled", status: 200 }]));
    expect(await control("GET", "calls")).toMatchObject({ counts: { begun: 1, cancelled: 1, running: 0 } });
  });
});
