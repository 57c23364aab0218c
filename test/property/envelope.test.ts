import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { importAesKey } from "../../src/protocol/aes.ts";
import { encryptedField } from "../../src/protocol/encrypted-field.ts";
import { envelopeText, openEnvelope, sealEnvelope } from "../../src/protocol/envelope.ts";
import { sign } from "../../src/protocol/signature.ts";
import { AES_KEY, APP_ID, decrypt, element, encrypt, sha1 } from "../support/wechat.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const anyKey = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 43, maxLength: 43 });
const anyText = fc
  .string({ unit: "binary", maxLength: 300 })
  .map((text) => text.toWellFormed().replace(/^\uFEFF/, ""));
const anyAppId = fc.stringMatching(/^wx[0-9a-f]{16}$/);

async function seal(text: string, encodingAesKey: string, receiveId: string) {
  const key = await importAesKey(encodingAesKey);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const sealed = await sealEnvelope(text, {
    key,
    token: "token",
    receiveId,
    timestamp: "1714112445",
    nonce: "1",
    random,
  });
  return { key, sealed };
}

describe("open(seal(x)) = x", () => {
  test("for any text, key and app id", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyKey, anyAppId, async (text, encodingAesKey, receiveId) => {
        const { key, sealed } = await seal(text, encodingAesKey, receiveId);
        expect((await openEnvelope(sealed.Encrypt, [key], receiveId))?.text).toBe(text);
        expect(decrypt(sealed.Encrypt, { key: encodingAesKey, appId: receiveId })).toBe(text);
        for (const format of ["xml", "json"] as const) {
          expect(encryptedField(envelopeText(sealed, format))).toBe(sealed.Encrypt);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("for every length of a padding cycle and far beyond, against node:crypto both ways", async () => {
    const key = await importAesKey(AES_KEY);
    for (let length = 0; length <= 1_024; length++) {
      const text = "x".repeat(length);
      expect((await openEnvelope(encrypt(text), [key], APP_ID))?.text).toBe(text);
      if (length % 8 === 0) {
        const { sealed } = await seal(text, AES_KEY, APP_ID);
        expect(decrypt(sealed.Encrypt)).toBe(text);
        expect(sealed.MsgSignature).toBe(sha1("token", "1714112445", "1", sealed.Encrypt));
      }
    }
  });
});

describe("signatures", () => {
  test("sort by code unit, like node:crypto's twin", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "binary-ascii" }), { minLength: 1, maxLength: 4 }),
        async (parts) => {
          expect(await sign(...parts)).toBe(sha1(...parts));
        },
      ),
    );
  });
});

describe("garbage", () => {
  test("never opens and never throws", async () => {
    const key = await importAesKey(AES_KEY);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String({ maxLength: 400 })), async (text) => {
        expect(await openEnvelope(text, [key], APP_ID)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("one Encrypt is found wherever it stands outside of CDATA", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.base64String({ minLength: 4, maxLength: 40 }),
        (typed, encrypted) => {
          const body = `<xml><Content><![CDATA[${typed.replaceAll("]]>", "")}]]></Content><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;
          expect(encryptedField(body)).toBe(
            element(`<x>${body.slice(body.lastIndexOf("<Encrypt>"))}`, "Encrypt"),
          );
        },
      ),
    );
  });
});
