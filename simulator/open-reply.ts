/** Opens a sealed reply as WeChat does, and says what is wrong where the Worker's own opening would keep silent. */
import { decrypt, importAesKey, PADDING_BLOCK_BYTES } from "../src/protocol/aes.ts";
import { fromBase64 } from "../src/protocol/bytes.ts";
import { HEAD_BYTES, RANDOM_BYTES } from "../src/protocol/envelope.ts";
import type { WireObject } from "../src/protocol/pushes/wire.ts";
import { sameSignature, sign } from "../src/protocol/signature.ts";
import type { Credentials } from "./account.ts";
import { type Fault, faultOf } from "./faults.ts";

const ENVELOPE = ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"] as const;

/** The text inside a sealed reply. */
export interface OpenedReply {
  readonly text: string;
}

/**
 * Checks and opens an envelope.
 *
 * @param envelope the fields of the answer's XML
 * @throws {RangeError} when the account has no EncodingAESKey
 */
export async function openReply(
  envelope: WireObject,
  { token, encodingAesKey = "", appId = "" }: Credentials,
): Promise<OpenedReply | Fault> {
  const [encrypted, msgSignature, timestamp, nonce] = ENVELOPE.map((name) => envelope[name]);
  const missing = ENVELOPE.find((name) => typeof envelope[name] !== "string" || envelope[name] === "");
  if (
    typeof encrypted !== "string" ||
    typeof msgSignature !== "string" ||
    typeof timestamp !== "string" ||
    typeof nonce !== "string" ||
    missing !== undefined
  ) {
    return faultOf("envelope_incomplete", missing ?? "");
  }
  if (!sameSignature(await sign(token, timestamp, nonce, encrypted), msgSignature))
    return faultOf("msg_signature");
  const ciphertext = fromBase64(encrypted);
  if (ciphertext === undefined) return faultOf("base64");
  if (ciphertext.length % PADDING_BLOCK_BYTES !== 0) return faultOf("padding");
  const plain = await decrypt(await importAesKey(encodingAesKey), encrypted);
  if (plain === undefined) return faultOf("padding");
  return messageOf(plain, appId);
}

function messageOf(plain: Uint8Array, appId: string): OpenedReply | Fault {
  if (plain.length < HEAD_BYTES) return faultOf("envelope_length");
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(RANDOM_BYTES);
  const end = HEAD_BYTES + length;
  if (end > plain.length) return faultOf("envelope_length");
  if (new TextDecoder().decode(plain.subarray(end)) !== appId) return faultOf("app_id");
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(plain.subarray(HEAD_BYTES, end)) };
  } catch {
    return faultOf("not_utf8");
  }
}
