/** Reads what the page and tests send to the simulator's own interface. */
import { Impossible } from "./impossible.ts";

/** A picture as a `data:` URL is the longest. */
const MAX_BODY_BYTES = 8_000_000;

/**
 * The body of a request.
 *
 * @throws {Impossible} when it is no JSON, or too large
 */
export async function readJson(request: Request): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) {
    throw new Impossible("the request is too large", "请求过大");
  }
  try {
    return await request.json();
  } catch {
    throw new Impossible("the request is not JSON", "请求不是 JSON");
  }
}
