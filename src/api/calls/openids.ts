/** Openids: lists that calls take, and lists that come in pages. */
import { ApiInputError } from "../../errors.ts";

/** A part of a list of users. */
export interface OpenidPage {
  /** In this part. */
  readonly count: number;
  readonly data: { readonly openid: readonly string[] };
  /** The last one of this part: the next part begins after it. May be empty at the end. */
  readonly next_openid: string;
}

/** A part of a list whose length is known. */
export interface UserPage extends OpenidPage {
  /** In all parts. */
  readonly total: number;
}

/** Which part of a list of users. */
export interface OpenidPageOptions {
  /** `next_openid` of the part before. Default: from the beginning. */
  readonly nextOpenid?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As WeChat answers: the part after the last has no `data`. */
export type WireOpenidPage = Partial<OpenidPage>;

/** A part of which nothing is missing. */
export function openidPage({
  count = 0,
  data = { openid: [] },
  next_openid = "",
}: WireOpenidPage): OpenidPage {
  return { count, data, next_openid };
}

/** Goes through all parts. Only an empty part, or an empty `next_openid`, is sure to be the end. */
export async function* allOpenids(
  page: (nextOpenid: string | undefined) => Promise<OpenidPage>,
  first?: string,
): AsyncGenerator<string, void, undefined> {
  for (let next = first; ;) {
    const { data, next_openid } = await page(next);
    yield* data.openid;
    if (data.openid.length === 0 || next_openid === "" || next_openid === next) return;
    next = next_openid;
  }
}

/** @throws {ApiInputError} when the openid is empty */
export function checkOpenid(openid: string): void {
  if (openid === "") throw new ApiInputError("The openid is empty.");
}

/** @throws {ApiInputError} when there is none, more than `most`, or an empty one among them */
export function checkOpenids(openids: readonly string[], most: number): void {
  if (openids.length === 0 || openids.length > most) {
    throw new ApiInputError(`One call takes 1 to ${most} openids, not ${openids.length}.`);
  }
  openids.forEach(checkOpenid);
}
