// WeChat's signature and AES envelope on node:crypto alone: nothing in here is shared with the Worker it judges.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const BLOCK_BYTES = 32;
const IV_BYTES = 16;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;

/** What an envelope held. `bytes` is the length before encryption, padding included. */
export interface Opened {
  xml: string;
  receiveId: string;
  bytes: number;
}

/** SHA-1 (hex) of the parts, sorted and joined: both `signature` and `msg_signature` are this. */
export function sign(...parts: string[]): string {
  return createHash("sha1").update(parts.sort().join("")).digest("hex");
}

/** The 32 bytes that a 43-character EncodingAESKey stands for. */
export function decodeKey(encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, "base64");
  if (key.length !== BLOCK_BYTES) throw new Error("An EncodingAESKey has 43 characters.");
  return key;
}

/** Encrypts as WeChat does: random(16) | length(4, big endian) | xml | receive id | PKCS#7 to 32; base64. */
export function seal(key: Buffer, xml: string, receiveId: string): string {
  const body = Buffer.from(xml);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([randomBytes(RANDOM_BYTES), length, body, Buffer.from(receiveId)]);
  const padding = BLOCK_BYTES - (plain.length % BLOCK_BYTES);
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, IV_BYTES)).setAutoPadding(false);
  const sealed = [cipher.update(plain), cipher.update(Buffer.alloc(padding, padding)), cipher.final()];
  return Buffer.concat(sealed).toString("base64");
}

/** Opens what `seal`, or the server under test, made. Throws on any length or padding that is not WeChat's. */
export function open(key: Buffer, encrypted: string): Opened {
  const sealed = Buffer.from(encrypted, "base64");
  if (sealed.length === 0 || sealed.length % BLOCK_BYTES)
    throw new Error(`${sealed.length} bytes of ciphertext`);
  const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, IV_BYTES)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const padding = plain[plain.length - 1] ?? 0;
  const end = plain.length - padding;
  if (padding < 1 || padding > BLOCK_BYTES) throw new Error(`padding of ${padding}`);
  if (plain.subarray(end).some((byte) => byte !== padding)) throw new Error("uneven padding");
  const start = RANDOM_BYTES + LENGTH_BYTES;
  const xmlEnd = start + plain.readUInt32BE(RANDOM_BYTES);
  if (xmlEnd > end) throw new Error("the length field points past the end");
  return {
    xml: plain.toString("utf8", start, xmlEnd),
    receiveId: plain.toString("utf8", xmlEnd, end),
    bytes: plain.length,
  };
}
