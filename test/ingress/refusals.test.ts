import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { encrypt, now, OTHER_AES_KEY, type PushOptions, pushRequest, textXml } from "../support/wechat.ts";

/** Ciphertexts that carry a right signature and are wrong inside. */
const ENVELOPES: [name: string, encrypted: string][] = [
  ["another account's app id", encrypt(textXml("x"), { appId: "wx9999999999999999" })],
  ["no app id", encrypt(textXml("x"), { appId: "" })],
  ["another key", encrypt(textXml("x"), { key: OTHER_AES_KEY })],
  ["a padding of 0", encrypt(textXml("x"), { tamper: (plain) => (plain.subarray(-1).fill(0), plain) })],
  ["a padding of 33", encrypt(textXml("x"), { tamper: (plain) => (plain.subarray(-1).fill(33), plain) })],
  [
    "uneven padding bytes",
    encrypt("x".repeat(60), { tamper: (plain) => (plain.subarray(-2, -1).fill(1), plain) }),
  ],
  ["a length of 0", encrypt(textXml("x"), { tamper: (plain) => (plain.writeUInt32BE(0, 16), plain) })],
  [
    "a length of 2^31",
    encrypt(textXml("x"), { tamper: (plain) => (plain.writeUInt32BE(2 ** 31, 16), plain) }),
  ],
  [
    "a length of 2^32 - 1",
    encrypt(textXml("x"), { tamper: (plain) => (plain.writeUInt32BE(2 ** 32 - 1, 16), plain) }),
  ],
  [
    "a length one too long",
    encrypt("<xml></xml>", { tamper: (plain) => (plain.writeUInt32BE(12, 16), plain) }),
  ],
  ["invalid UTF-8", encrypt(Buffer.from([0x3c, 0xff, 0xfe, 0x3e]))],
  ["half a block", encrypt(textXml("x")).slice(0, 40)],
  ["sixteen bytes", Buffer.alloc(16, 7).toString("base64")],
  ["one character of Base64 too many", `${encrypt(textXml("x")).replace(/=+$/, "")}A`],
  ["no XML", encrypt("hello")],
  ["an empty text", encrypt("")],
];

describe("refused requests", () => {
  test.each<[string, number, PushOptions]>([
    ["wrong signature", 403, { query: { signature: "0".repeat(40) } }],
    ["wrong msg_signature", 403, { query: { msg_signature: "0".repeat(40) } }],
    ["stale timestamp", 403, { timestamp: String(Number(now()) - 400) }],
    ["timestamp of 13 digits", 400, { timestamp: `${now()}000` }],
    ["unicode digits in the timestamp", 400, { timestamp: "１７１４０３６５０４" }],
    ["nonce with a blank", 400, { nonce: "a b" }],
    ["nonce of 129 characters", 400, { nonce: "1".repeat(129) }],
    ["signature of 39 digits", 400, { query: { signature: "a".repeat(39) } }],
    ["doubled timestamp", 400, { extraQuery: "&timestamp=1714036504" }],
    ["doubled nonce", 400, { extraQuery: "&nonce=1" }],
    [
      "signature as an array",
      400,
      { query: { signature: undefined }, extraQuery: `&signature[]=${"0".repeat(40)}` },
    ],
    ["no Encrypt", 400, { body: "<xml><ToUserName>a</ToUserName></xml>" }],
    ["an empty body", 400, { body: "" }],
    ["a body over 64 KiB", 413, { body: "x".repeat(65_537) }],
    ["invalid UTF-8", 400, { body: new Uint8Array([0x3c, 0x78, 0xff, 0xfe, 0x00]) }],
    ["an unknown account", 404, { path: "/wechat/nobody" }],
  ])("%s: %i, one generic line", async (_name, status, options) => {
    const answer = await new FrontDoor().push(textXml("hello"), options);
    expect([answer.status, answer.body]).toEqual([status, "refused"]);
    expect(logs.named("push_refused")).toMatchObject([{ level: "warn", status }]);
  });

  test.each(ENVELOPES)(
    "%s inside a rightly signed envelope: the one same answer",
    async (_name, encrypted) => {
      const answer = await new FrontDoor().push("", { encrypted, headers: { "X-Request-ID": "same" } });
      expect([answer.status, answer.body, [...answer.headers]]).toEqual([
        400,
        "refused",
        [
          ["content-type", "text/plain; charset=utf-8"],
          ["x-request-id", "same"],
        ],
      ]);
    },
  );

  test("each byte of the ciphertext counts, with the signature made anew", async () => {
    const door = new FrontDoor({ ...SECURE, LOG_LEVEL: "silent" });
    const good = Buffer.from(encrypt(textXml("hello")), "base64");
    let opened = 0;
    for (let at = 0; at < good.length; at += 7) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0x80;
      const { status } = await door.push("", {
        encrypted: bad.toString("base64"),
        headers: { "cf-connecting-ip": `10.0.0.${at % 250}` },
      });
      expect(status).toBeLessThan(500);
      // CBC without a MAC: damage inside the text may stay well-formed; what opens is answered or acknowledged.
      if (status === 200) opened++;
      else expect([400, 429]).toContain(status);
    }
    expect(opened).toBeLessThan(good.length / 7);
  });

  test("a body of unknown length is counted while it is read", async () => {
    const { url } = pushRequest(textXml("x"), { mode: "plain" });
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(16_384).fill(32));
        if (pulled > 1_000) controller.close();
      },
    });
    const answer = await new FrontDoor(PLAIN).fetch(new Request(url, { method: "POST", body }));
    expect(answer.status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  test.each(["65537", "1e9", "-1", "abc", "65536, 5"])(
    "a Content-Length of %s does not get past the limit",
    async (length) => {
      const { url } = pushRequest(textXml("x"), { mode: "plain" });
      const body = new Blob(["x".repeat(70_000)]).stream();
      const request = new Request(url, { method: "POST", body, headers: { "content-length": length } });
      expect((await new FrontDoor(PLAIN).fetch(request)).status).toBe(413);
    },
  );

  test("a body that breaks off is refused", async () => {
    const { url } = pushRequest(textXml("x"), { mode: "plain" });
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("connection lost"));
      },
    });
    expect((await new FrontDoor(PLAIN).fetch(new Request(url, { method: "POST", body }))).status).toBe(400);
  });

  test("a captured signature with another body is refused in plain mode, the same body is not", async () => {
    const door = new FrontDoor(PLAIN);
    const first = pushRequest(textXml("pay 1"), { mode: "plain" });
    const body = await first.clone().text();
    expect((await door.fetch(first)).content).toBe("echo: pay 1");
    expect((await door.fetch(new Request(first.url, { method: "POST", body }))).content).toBe("echo: pay 1");
    const forged = new Request(first.url, { method: "POST", body: body.replace("pay 1", "pay 9") });
    expect((await door.fetch(forged)).status).toBe(403);
    expect(logs.named("push_refused")).toMatchObject([{ reason: "replayed_with_other_body" }]);
  });

  test("neither log nor answer holds a secret, a signature or content", async () => {
    const request = pushRequest(textXml("my secret words"), { query: { msg_signature: "0".repeat(40) } });
    const signature = new URL(request.url).searchParams.get("signature") ?? "";
    const answer = await new FrontDoor().fetch(request);
    const everything = logs.text + answer.body + JSON.stringify([...answer.headers]);
    for (const secret of [
      "my secret words",
      signature,
      SECURE.WECHAT_TOKEN,
      SECURE.WECHAT_ENCODING_AES_KEY,
    ]) {
      expect(everything).not.toContain(secret);
    }
  });
});

describe("configuration faults", () => {
  test.each([
    ["nothing at all", {}, "WECHAT_TOKEN is missing"],
    ["an empty token", { ...SECURE, WECHAT_TOKEN: "  " }, "WECHAT_TOKEN is missing"],
    ["the token undefined", { ...SECURE, WECHAT_TOKEN: "undefined" }, "WECHAT_TOKEN is not filled in"],
    [
      "a short key",
      { ...SECURE, WECHAT_ENCODING_AES_KEY: "abc" },
      "WECHAT_ENCODING_AES_KEY must have 43 characters",
    ],
    [
      "secure without a key",
      { WECHAT_TOKEN: "t", WECHAT_MODE: "secure" },
      "WECHAT_ENCODING_AES_KEY is missing",
    ],
    ["a key without an app id", { ...SECURE, WECHAT_APP_ID: "" }, "WECHAT_APP_ID is missing"],
    ["an unknown mode", { ...SECURE, WECHAT_MODE: "safe" }, "WECHAT_MODE must be one of"],
    ["an unknown kind", { ...SECURE, WECHAT_ACCOUNT_KIND: "vip" }, "WECHAT_ACCOUNT_KIND must be one of"],
  ])("%s: 503, and the log names the variable", async (_name, vars, fault) => {
    const answer = await new FrontDoor(vars).push(textXml("hello"));
    expect([answer.status, answer.body]).toEqual([503, "refused"]);
    expect(JSON.stringify(logs.named("config_invalid"))).toContain(fault);
    expect(JSON.stringify(logs.named("push_refused"))).toContain(fault);
  });

  test("one account's fault leaves the others alone", async () => {
    const door = new FrontDoor({ ACCOUNTS: { good: { token: "t" } }, WECHAT_APP_ID: "wx1" });
    const options = { mode: "plain", token: "t", path: "/wechat/good" } as const;
    expect((await door.push(textXml("hello"), options)).content).toBe("echo: hello");
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("blanks around credentials are cut", async () => {
    const vars = {
      ...SECURE,
      WECHAT_TOKEN: ` ${SECURE.WECHAT_TOKEN}\n`,
      WECHAT_ENCODING_AES_KEY: ` ${SECURE.WECHAT_ENCODING_AES_KEY} `,
    };
    expect((await new FrontDoor(vars).push(textXml("hello"))).content).toBe("echo: hello");
  });

  test("an invalid setting keeps its default and is named", async () => {
    const door = new FrontDoor({ ...SECURE, LOG_LEVEL: "loud", REPLY_DEADLINE_MS: "soon" });
    expect((await door.push(textXml("hello"))).content).toBe("echo: hello");
    expect(logs.named("config_invalid")).toMatchObject([
      { faults: [expect.stringContaining("LOG_LEVEL"), expect.stringContaining("REPLY_DEADLINE_MS")] },
    ]);
  });
});

describe("strangers", () => {
  test("are refused with 429 after twenty failures a minute; WeChat is not", async () => {
    const door = new FrontDoor();
    const headers = { "cf-connecting-ip": "203.0.113.7" };
    const statuses: number[] = [];
    for (let i = 0; i < 25; i++) {
      statuses.push(
        (await door.push(textXml("x"), { query: { signature: "0".repeat(40) }, headers })).status,
      );
    }
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(403));
    expect(statuses.slice(20)).toEqual(Array(5).fill(429));
    expect((await door.push(textXml("hello"), { headers })).content).toBe("echo: hello");
    const elsewhere = {
      query: { signature: "0".repeat(40) },
      headers: { "cf-connecting-ip": "203.0.113.8" },
    };
    expect((await door.push(textXml("x"), elsewhere)).status).toBe(403);
  });

  test.each([
    ["throws", () => Promise.reject(new Error("limiter down"))],
    ["hangs", () => new Promise<never>(() => {})],
  ])("are refused all the same when the limiter %s", async (_name, limit) => {
    const door = new FrontDoor({ ...SECURE, STRANGERS: { limit } });
    expect((await door.push(textXml("x"), { query: { signature: "0".repeat(40) } })).status).toBe(403);
  });

  test("cannot make us write more than once in ten seconds", async () => {
    const record = vi.fn(async () => {});
    const logObjects = { idFromName: (name: string) => name, get: () => ({ record }) };
    const door = new FrontDoor({ ...SECURE, REFUSAL_LOGS: logObjects }, undefined, {
      clock: () => Date.now(),
    });
    for (let i = 0; i < 10; i++) {
      await door.push(textXml("x"), { query: { signature: "0".repeat(40) } });
    }
    await vi.waitFor(() => expect(record).toHaveBeenCalledTimes(1));
  });
});

describe("names that strangers choose", () => {
  test.each(["GET", "POST", "PUT"])(
    "%s to an unknown account is kept with the default one's refusals",
    async (method) => {
      const door = new FrontDoor();
      for (const name of ["one", "two", "x".repeat(300)]) {
        const url = `https://bot.example.com/wechat/${name}`;
        await door.fetch(new Request(url, { method }), { wait: name === "one" });
      }
      const { counts } = await env.REFUSAL_LOGS.getByName("default").report();
      expect(counts).toHaveLength(1);
      expect(logs.text).not.toContain('"account":"one"');
      expect(await env.REFUSAL_LOGS.getByName("one").report()).toMatchObject({ counts: [] });
    },
  );
});

describe("refusals are kept", () => {
  const url = "https://bot.example.com/api/v1/accounts/default/refusals";

  test("with time, path and reason, for the holder of the secret", async () => {
    const door = new FrontDoor();
    await door.push(textXml("x"), { query: { signature: "0".repeat(40) }, wait: true });
    const report = await env.REFUSAL_LOGS.getByName("default").report();
    expect(report.counts).toEqual([{ reason: "signature_mismatch", count: 1 }]);
    expect(report.refusals).toMatchObject([{ path: "/wechat", reason: "signature_mismatch" }]);
    expect(Math.abs((report.refusals[0]?.time ?? 0) - Date.now())).toBeLessThan(60_000);
    expect((await door.fetch(new Request(url))).status).toBe(404);
  });

  test("the last hundred only, the counts go on", async () => {
    const log = env.REFUSAL_LOGS.getByName("default");
    const refusal = { time: 1, path: "/wechat", reason: "push_malformed", fact: "" } as const;
    for (let i = 0; i < 3; i++) {
      const refusals = Array.from({ length: 60 }, (_, at) => ({ ...refusal, time: i * 60 + at }));
      await log.record({ v: 1, refusals, counts: [{ reason: "push_malformed", count: 60 }] });
    }
    const { refusals, counts } = await log.report();
    expect(refusals).toHaveLength(100);
    expect(refusals[0]?.time).toBe(179);
    expect(counts).toEqual([{ reason: "push_malformed", count: 180 }]);
  });

  test("an object that cannot be reached costs a warning, not the answer", async () => {
    const record = (): Promise<never> => Promise.reject(new Error("object down"));
    const broken = { idFromName: (name: string) => name, get: () => ({ record }) };
    const door = new FrontDoor({ ...SECURE, REFUSAL_LOGS: broken });
    expect((await door.push(textXml("x"), { query: { signature: "0".repeat(40) }, wait: true })).status).toBe(
      403,
    );
    expect(logs.named("refusal_not_recorded")).toHaveLength(1);
  });
});
