import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { encrypt, eventXml, type Mode, pushRequest, textXml } from "../support/wechat.ts";

const QUIET = { LOG_LEVEL: "silent", STRANGERS: { limit: async () => ({ success: true }) } };
const DOORS: Record<Mode, FrontDoor> = {
  plain: new FrontDoor({ ...PLAIN, ...QUIET }),
  compatible: new FrontDoor({ ...SECURE, ...QUIET, WECHAT_MODE: "compatible" }),
  secure: new FrontDoor({ ...SECURE, ...QUIET }),
};
const mode = fc.constantFrom<Mode>("plain", "compatible", "secure");
const bytes = fc.uint8Array({ maxLength: 600 });
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      "<xml>", "</xml>", "<MsgType>", "</MsgType>", "text", "event", "<Event>", "</Event>", "<Content>", "</Content>",
      "<![CDATA[", "]]>", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", "&b;", "<__proto__>", "</__proto__>",
      "<FromUserName>", "</FromUserName>", "<ToUserName>u</ToUserName>", "<CreateTime>1</CreateTime>", "{", "}", '"MsgType":', "[",
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
  ),
  { maxLength: 30 },
); // prettier-ignore

/** Valid pushes with random content, random markup, and a splice of one into the other. */
const xml = fc.oneof(
  pieces.map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 200 }).map((text) => textXml(text.toWellFormed())),
  fc.tuple(pieces, fc.nat(300)).map(([parts, at]) => {
    const good = eventXml("CLICK", { EventKey: "V1" });
    return good.slice(0, at) + parts.join("") + good.slice(at);
  }),
);

async function expectNoServerError(request: Request, door: FrontDoor): Promise<void> {
  const { status, body } = await door
    .fetch(request)
    .catch((error: unknown) => ({ status: 599, body: String(error) }));
  expect(status, body).toBeLessThan(500);
  if (status !== 200) expect(body).toBe("refused");
}

describe("for any bytes the front door answers 4xx or 200, never 5xx", () => {
  test("rightly signed, any body", async () => {
    await fc.assert(
      fc.asyncProperty(mode, mode, bytes, async (account, sent, body) => {
        await expectNoServerError(pushRequest("", { mode: sent, body }), DOORS[account]);
      }),
      { numRuns: 200 },
    );
  });

  test("rightly signed and sealed, any text", async () => {
    await fc.assert(
      fc.asyncProperty(mode, xml, async (account, text) => {
        await expectNoServerError(pushRequest(text, { mode: account }), DOORS[account]);
      }),
      { numRuns: 400 },
    );
  });

  test("rightly signed, damaged ciphertext", async () => {
    await fc.assert(
      fc.asyncProperty(xml, fc.nat(), fc.integer({ min: 1, max: 255 }), async (text, at, flip) => {
        const damaged = Buffer.from(encrypt(text), "base64");
        const index = at % damaged.length;
        damaged[index] = (damaged[index] ?? 0) ^ flip;
        await expectNoServerError(pushRequest("", { encrypted: damaged.toString("base64") }), DOORS.secure);
      }),
      { numRuns: 200 },
    );
  });

  test("any query", async () => {
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom("0".repeat(40), "1714036504"),
    );
    const parameter = fc.constantFrom(
      "signature",
      "timestamp",
      "nonce",
      "msg_signature",
      "echostr",
      "encrypt_type",
      "x[]",
    );
    const query = fc.array(fc.tuple(parameter, value), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        query,
        fc.constantFrom("GET", "POST"),
        fc.boolean(),
        async (parts, method, encoded) => {
          const text = parts.map(
            ([name, v]) =>
              `${name}=${encoded ? encodeURIComponent(v.toWellFormed()) : v.replace(/[#\s]/g, "")}`,
          );
          const url = `https://bot.example.com/wechat?${text.join("&")}`;
          await expectNoServerError(
            new Request(url, { method, body: method === "POST" ? "<xml/>" : undefined }),
            DOORS.secure,
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
