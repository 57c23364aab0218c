/** Large files on their way through a Worker: sent and given as they come, and never held whole. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePorts } from "./support/ports.ts";
import { startWorker, type TestWorker } from "./support/worker.ts";

const MIB = 1_024 * 1_024;
const VIDEO_BYTES = 10 * MIB;
const LARGE_BYTES = 64 * MIB;
const CHUNK_BYTES = 64 * 1_024;
/** What sockets between the two ends may hold. */
const BUFFERED_BYTES = 8 * MIB;
const SETTLED_MS = 1_000;

interface Upload {
  readonly headers: IncomingMessage["headers"];
  readonly digest: string;
  readonly bytes: number;
}

/** WeChat's side of these calls: it can stop reading in the middle, and counts what it could send. */
class FilePlatform {
  readonly #server: Server;
  #begun = Promise.withResolvers<void>();
  #mayRead = Promise.withResolvers<void>();
  upload: Upload | undefined;
  /** Of the large file; and how much of it had been sent when the Worker had read nothing for a while. */
  sentBytes = 0;
  sentBytesAtEndOfWait = 0;
  url = "";

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<void> {
    const port = await freePorts();
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Resolves when an upload has begun, of which nothing has been read. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  readOn(): void {
    this.#mayRead.resolve();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    switch (pathname) {
      case "/cgi-bin/stable_token":
        return json(response, { access_token: "T".repeat(136), expires_in: 7_200 });
      case "/cgi-bin/media/upload":
        this.#begun.resolve();
        await this.#mayRead.promise;
        this.upload = await digestOf(request);
        return json(response, { type: "video", media_id: "MEDIA", created_at: 1 });
      case "/cgi-bin/material/get_material":
        return this.#material(JSON.parse(await textOf(request)).media_id, response);
      case "/cgi-bin/material/batchget_material":
        return json(response, { total_count: 1, item_count: 1, item: [{ media_id: "NEWS", content: NEWS }] });
      case "/wait-is-over":
        this.sentBytesAtEndOfWait = this.sentBytes;
        return json(response, {});
      default:
        response.writeHead(404).end();
    }
  }

  async #material(id: string, response: ServerResponse): Promise<void> {
    if (id === "NEWS") return json(response, NEWS);
    if (id === "EMPTY") return void response.writeHead(200, TEXT).end();
    if (id !== "LARGE") return json(response, { errcode: 40_007, errmsg: "invalid media_id" });
    response.writeHead(200, { ...TEXT, "Content-Length": LARGE_BYTES });
    for (; this.sentBytes < LARGE_BYTES; this.sentBytes += CHUNK_BYTES) {
      if (response.write(largeChunk(this.sentBytes))) continue;
      await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  }
}

/** As WeChat sends permanent media, articles and refusals alike. */
const TEXT = { "Content-Type": "text/plain" };
const NEWS = { news_item: [{ title: "旧文章", content: "正文".repeat(MIB) }] };

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, TEXT).end(JSON.stringify(body));
}

function largeChunk(at: number): Buffer {
  return Buffer.alloc(CHUNK_BYTES, ((at / CHUNK_BYTES) % 251) | 0x80);
}

async function digestOf(request: IncomingMessage): Promise<Upload> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of request) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { headers: request.headers, digest: hash.digest("hex"), bytes };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, SETTLED_MS);
  });
}

let platform: FilePlatform;
let worker: TestWorker;

beforeAll(async () => {
  platform = new FilePlatform();
  await platform.listen();
  worker = await startWorker({
    main: "test/support/large-file-worker.ts",
    vars: {
      WECHAT_TOKEN: "test-token",
      WECHAT_APP_ID: "wx0123456789abcdef",
      WECHAT_APP_SECRET: "0123456789abcdef0123456789abcdef",
      WECHAT_API_BASE: platform.url,
    },
  });
});
afterAll(async () => {
  await worker.stop();
  platform.close();
});

describe("a video of 10 MiB on its way up", () => {
  test("is made no faster than WeChat reads it", async () => {
    const uploading = fetch(`${worker.url}/upload?bytes=${VIDEO_BYTES}`);
    await platform.begun;
    await settled();
    const { madeBytes } = await (await fetch(`${worker.url}/made`)).json();
    expect(madeBytes).toBeGreaterThan(0);
    expect(madeBytes).toBeLessThan(BUFFERED_BYTES);
    platform.readOn();
    expect(await (await uploading).json()).toEqual({ type: "video", media_id: "MEDIA", created_at: 1 });
  });

  test("says its length beforehand, and arrives whole in one form", () => {
    const { headers, bytes, digest } = platform.upload ?? {};
    const [, boundary = ""] =
      /^multipart\/form-data; boundary=(.+)$/.exec(headers?.["content-type"] ?? "") ?? [];
    const body = Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="a.mp4"\r\n` +
          "Content-Type: video/mp4\r\n\r\n",
      ),
      ...Array.from({ length: VIDEO_BYTES / CHUNK_BYTES }, (_, index) => Buffer.alloc(CHUNK_BYTES, index)),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    body.write("\0\0\0\x18ftypmp42", body.indexOf("\r\n\r\n") + 4, "latin1");
    expect(headers?.["content-length"]).toBe(String(body.length));
    expect(headers).not.toHaveProperty("transfer-encoding");
    expect(bytes).toBe(body.length);
    expect(digest).toBe(createHash("sha256").update(body).digest("hex"));
  });
});

describe("a file of 64 MiB on its way down, of which WeChat tells no type", () => {
  test("is taken no faster than it is read, and arrives whole", async () => {
    const { bytes, digest } = await (await fetch(`${worker.url}/get?id=LARGE`)).json();
    expect(platform.sentBytesAtEndOfWait).toBeGreaterThan(0);
    expect(platform.sentBytesAtEndOfWait).toBeLessThan(2 * BUFFERED_BYTES);
    expect(bytes).toBe(LARGE_BYTES);
    const expected = createHash("sha256");
    for (let at = 0; at < LARGE_BYTES; at += CHUNK_BYTES) expected.update(largeChunk(at));
    expect(digest).toBe(expected.digest("hex"));
  });
});

describe("JSON that WeChat calls text/plain", () => {
  test("is read as articles, however long", async () => {
    const articles = await (await fetch(`${worker.url}/get?id=NEWS`)).json();
    expect(articles).toEqual({ kind: "news", ...NEWS });
    const list = await (await fetch(`${worker.url}/list`)).json();
    expect(list).toEqual({ total_count: 1, item_count: 1, item: [{ media_id: "NEWS", content: NEWS }] });
  });

  test("is read as a refusal", async () => {
    const response = await fetch(`${worker.url}/get?id=NOBODY`);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("40007");
  });

  test("is missed where there is nothing at all", async () => {
    const response = await fetch(`${worker.url}/get?id=EMPTY`);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("the answer is empty");
  });
});
