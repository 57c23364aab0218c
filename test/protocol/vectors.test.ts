import { describe, expect, test } from "vitest";
import { importAesKey } from "../../src/protocol/aes.ts";
import { openEnvelope, sealEnvelope } from "../../src/protocol/envelope.ts";
import { sign, tokenThatSigned } from "../../src/protocol/signature.ts";
import envelopes from "../vectors/envelopes.json";
import signatures from "../vectors/signatures.json";

describe("published signatures", () => {
  test.each(signatures)("$name", async ({ parts, signature }) => {
    expect(await sign(...parts)).toBe(signature);
  });
});

describe("published envelopes", () => {
  test.each(envelopes)("opens: $name", async (vector) => {
    const key = await importAesKey(vector.encodingAesKey);
    const opened = await openEnvelope(vector.encrypt, [key], vector.receiveId);
    if (vector.plain !== undefined) expect(opened?.text).toBe(vector.plain);
    if (vector.contains !== undefined) expect(opened?.text).toContain(vector.contains);
    if (vector.bytes !== undefined) expect(new TextEncoder().encode(opened?.text).length).toBe(vector.bytes);
  });

  test.each(envelopes.filter((vector) => vector.msgSignature))("is signed: $name", async (vector) => {
    const { msgSignature = "", token, timestamp = "", nonce = "", encrypt, signature } = vector;
    expect(await tokenThatSigned(msgSignature, ["other", token], timestamp, nonce, encrypt)).toBe(token);
    if (signature) expect(await sign(token, timestamp, nonce)).toBe(signature);
  });

  test.each(envelopes.filter((vector) => vector.random && vector.plain))(
    "seals alike: $name",
    async (vector) => {
      const {
        token,
        timestamp = "1409304348",
        nonce = "xxxxxx",
        plain = "",
        random = "",
        receiveId,
      } = vector;
      const sealed = await sealEnvelope(plain, {
        key: await importAesKey(vector.encodingAesKey),
        token,
        receiveId,
        timestamp,
        nonce,
        random: new TextEncoder().encode(random),
      });
      expect(sealed.Encrypt).toBe(vector.encrypt);
      if (vector.msgSignature) expect(sealed.MsgSignature).toBe(vector.msgSignature);
    },
  );

  test.each(envelopes)("is refused for another app id: $name", async (vector) => {
    const key = await importAesKey(vector.encodingAesKey);
    expect(await openEnvelope(vector.encrypt, [key], "wx0000000000000000")).toBeUndefined();
  });
});
