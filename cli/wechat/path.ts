/** Paths of WeChat's API as people write them on a command line. */
import { UsageError } from "../usage-error.ts";

/** A call's path and query. */
export interface ApiPath {
  readonly path: `/${string}`;
  /** Without `access_token`: that is added. */
  readonly query: Readonly<Record<string, string>>;
}

/** Only the path and the query of the parsed address count. */
const ANY_ORIGIN = "https://api.weixin.qq.com";
/** Git Bash on Windows makes a file's path of what begins with a slash, so the slash may be left out. */
const PATH = /^\/?[a-z][\w-]*\//;

/**
 * Reads a path, perhaps with a query.
 *
 * @throws {UsageError} when it is none
 */
export function readApiPath(text: string): ApiPath {
  if (!PATH.test(text)) {
    throw new UsageError(
      `"${text}" is no path: write /cgi-bin/…, without https://api.weixin.qq.com.`,
      `"${text}" 不是接口路径：应写 /cgi-bin/…，不带 https://api.weixin.qq.com。`,
    );
  }
  const { pathname, searchParams } = new URL(text, `${ANY_ORIGIN}/`);
  searchParams.delete("access_token");
  return { path: `/${pathname.slice(1)}`, query: Object.fromEntries(searchParams) };
}
