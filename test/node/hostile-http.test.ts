/** Hostile HTTP over bare sockets, at a real Worker: what no well-behaved client would send. */
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pushRequest, textXml, TOKEN } from "../support/wechat.ts";
import { startWorker, type TestWorker } from "./support/worker.ts";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startWorker({ vars: { WECHAT_TOKEN: TOKEN } });
});
afterAll(() => worker.stop());

/** Path and query of a rightly signed push in plain mode. */
function target(): string {
  const { pathname, search } = new URL(pushRequest("", { mode: "plain" }).url);
  return pathname + search;
}

/** Writes raw bytes and reads until the first answer is there, or the connection ends. */
function talk(
  head: readonly string[],
  chunks: readonly (string | Buffer)[],
  { end = false } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(worker.port, "127.0.0.1");
    let answer = "";
    const done = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(8_000, done);
    socket.on("data", (data) => {
      answer += data.toString("latin1");
      if (/\r\n\r\n[\s\S]+/.test(answer)) done();
    });
    socket.on("close", done);
    socket.on("error", (error) => (answer === "" && !end ? reject(error) : done()));
    socket.write([...head, "Host: localhost", "", ""].join("\r\n"));
    for (const chunk of chunks) socket.write(chunk);
    if (end) socket.end();
  });
}

const status = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

test("a chunked body without end is refused at the limit", async () => {
  const chunks = Array.from({ length: 20 }, () => chunk("x".repeat(8_192)));
  expect(status(await talk([`POST ${target()} HTTP/1.1`, "Transfer-Encoding: chunked"], chunks))).toBe(413);
});

test("a chunked push is answered like any other", async () => {
  const answer = await talk(
    [`POST ${target()} HTTP/1.1`, "Transfer-Encoding: chunked"],
    [...textXml("chunked").matchAll(/[\s\S]{1,40}/g)].map(([part]) => chunk(part)).concat("0\r\n\r\n"),
  );
  expect(status(answer)).toBe(200);
  expect(answer).toContain("echo: chunked");
});

test("more bytes than announced are not read", async () => {
  const xml = textXml("announced");
  const head = [`POST ${target()} HTTP/1.1`, `Content-Length: ${Buffer.byteLength(xml)}`];
  const answer = await talk(head, [xml, "<xml>".repeat(100_000)], { end: true });
  expect(answer).toContain("echo: announced");
});

test("a gzipped body is not unpacked", async () => {
  const bomb = Buffer.from("1f8b0800000000000003edc1010d000000c2a0f74f6d0e37a00000000000000000008037", "hex");
  const head = [`POST ${target()} HTTP/1.1`, "Content-Encoding: gzip", `Content-Length: ${bomb.length}`];
  expect(status(await talk(head, [bomb]))).toBe(400);
});

test.each([
  ["a body that breaks off", ["Content-Length: 500"], ["<xml>"]],
  ["a bad chunk", ["Transfer-Encoding: chunked"], ["zz\r\nhello\r\n"]],
])("after %s the Worker answers the next request", async (_name, headers, chunks) => {
  await talk([`POST ${target()} HTTP/1.1`, ...headers], chunks, { end: true });
  const xml = textXml("still here");
  const head = [`POST ${target()} HTTP/1.1`, `Content-Length: ${Buffer.byteLength(xml)}`];
  expect(await talk(head, [xml])).toContain("echo: still here");
});

test.each([
  ["a header of 16 KiB", ["X-Request-ID: " + "a".repeat(16_384)]],
  ["five hundred headers", Array.from({ length: 500 }, (_, i) => `X-${i}: 1`)],
  ["a traceparent of zeros", ["traceparent: 00-" + "0".repeat(32) + "-" + "0".repeat(16) + "-00"]],
])("%s does no harm", async (_name, headers) => {
  const xml = textXml("hello");
  const answer = await talk(
    [`POST ${target()} HTTP/1.1`, ...headers, `Content-Length: ${Buffer.byteLength(xml)}`],
    [xml],
  );
  expect(status(answer)).toBeLessThan(500);
});
