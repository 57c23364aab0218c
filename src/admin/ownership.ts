/**
 * The files by which WeChat's consoles make sure that a domain is yours: 网页授权域名, JS接口安全域名, 业务域名, 可信域名.
 *
 * Only those that the owner lists are answered. A Worker that answered any such name with the code in it would let every
 * stranger claim the domain for an account of theirs.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
import { variable } from "../config.ts";

/** The variable that lists them. */
const VARIABLE = "WECHAT_OWNERSHIP_FILES";
/** What Official Accounts (`MP`) and WeCom (`WW`) offer for download: the file holds the code in its name, and no line's end. */
const CODE_FILE = /^(?:MP|WW)_verify_([A-Za-z0-9]{1,64})\.txt$/;
const FILE_NAME = /^[A-Za-z0-9_-]{1,80}\.txt$/;
/** One word: a list's entries are parted by commas, and blanks around them mean nothing. */
const CONTENT = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;

const HEADERS = {
  "Content-Type": "text/plain; charset=utf-8",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/** Contents of the files by name. */
export type OwnershipFiles = ReadonlyMap<string, string>;

/**
 * Reads `WECHAT_OWNERSHIP_FILES`, a comma list: `MP_verify_AbCd1234.txt` stands for a file that holds `AbCd1234`,
 * `NAME.txt=content` for one that holds exactly `content`. What is wrong is left out and named in `faults`.
 */
export function readOwnershipFiles(env: object): { files: OwnershipFiles; faults: string[] } {
  const files = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, entry] of (variable(env, VARIABLE)?.split(",") ?? []).entries()) {
    const file = readEntry(entry.trim());
    if (typeof file === "string") faults.push(`${VARIABLE}: entry ${index + 1} ${file}`);
    else if (files.has(file.name)) faults.push(`${VARIABLE}: entry ${index + 1} names a file a second time`);
    else files.set(file.name, file.content);
  }
  return { files, faults };
}

function readEntry(entry: string): { name: string; content: string } | string {
  const end = entry.indexOf("=");
  const name = end === -1 ? entry : entry.slice(0, end);
  if (!FILE_NAME.test(name)) return "must begin with a file's name: letters, digits, - and _, then .txt";
  const content = end === -1 ? CODE_FILE.exec(name)?.[1] : entry.slice(end + 1);
  if (content === undefined) return "must say what the file holds: NAME.txt=content";
  return CONTENT.test(content) ? { name, content } : "must hold one word of printable ASCII behind the =";
}

/** The file that a request asks for, byte for byte; `undefined` when none of that name is listed. */
export function ownershipFile(request: Request, files: OwnershipFiles): Response | undefined {
  if (files.size === 0 || (request.method !== "GET" && request.method !== "HEAD")) return undefined;
  const content = files.get(new URL(request.url).pathname.slice(1));
  if (content === undefined) return undefined;
  const headers = { ...HEADERS, "Content-Length": String(content.length) };
  return new Response(request.method === "HEAD" ? null : content, { headers });
}
