/** The ids that WeChat adds to the words of an error, by which `openapi/rid/get` finds the request again. */
import { toHex } from "../../src/protocol/bytes.ts";

const RANDOM_BYTES = 8;

/** A new id, such as `5fb1e22f-15e0407f-00233e18`: the first part is the time in seconds. */
export function newRid(now: number): string {
  const random = toHex(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `${seconds}-${random.slice(0, 8)}-${random.slice(8)}`;
}
