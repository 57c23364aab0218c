/** `call`: any call of WeChat's API, for what has no command of its own. */
import { text as readAll } from "node:stream/consumers";
import type { CallOptions } from "../../src/api/request/caller.ts";
import { UsageError } from "../usage-error.ts";
import type { Command, Given, Outcome } from "./command.ts";
import { readTextFile } from "./files.ts";
import { readApiPath } from "./path.ts";
import type { Session } from "./session.ts";

export const CALL_COMMAND: Command = {
  name: "call",
  operands: ["GET|POST", "PATH", "[JSON]"],
  options: [],
  changes: true,
  summary: "any call; the access token is added · 任意接口，自动加上 access_token",
  details: [
    "call GET '/cgi-bin/user/info?openid=o6_bm…'",
    `call POST /cgi-bin/clear_quota '{"appid":"wx…"}'`,
    "JSON may be @FILE, or - for standard input · JSON 可写 @文件，或用 - 从标准输入读取",
  ],
  run: call,
};

async function call({ operands }: Given, session: Session): Promise<Outcome> {
  const [methodText = "", pathText = "", json] = operands;
  const method = methodOf(methodText);
  const { path, query } = readApiPath(pathText);
  const body = json === undefined ? undefined : bodyOf(await textOf(json));
  if (method === "GET" && body !== undefined) {
    throw new UsageError("A GET call has no body.", "GET 请求没有请求体。");
  }
  const options: CallOptions = { query, ...(body === undefined ? {} : { body }) };
  const api = await session.api();
  const answer = await session.progress.during(
    `${method} ${path}`,
    api.call<Readonly<Record<string, unknown>>>(method, path, options),
  );
  return { json: answer, lines: JSON.stringify(answer, undefined, 2).split("\n") };
}

function methodOf(text: string): "GET" | "POST" {
  const method = text.toUpperCase();
  if (method === "GET" || method === "POST") return method;
  throw new UsageError(`"${text}": WeChat's calls are GET or POST.`, `"${text}"：微信接口只用 GET 或 POST。`);
}

function textOf(json: string): Promise<string> {
  if (json === "-") return readAll(process.stdin);
  return json.startsWith("@") ? readTextFile(json.slice(1)) : Promise.resolve(json);
}

function bodyOf(text: string): object {
  const value = jsonOf(text);
  if (typeof value === "object" && value !== null) return value;
  throw new UsageError("The body must be JSON: an object.", "请求体必须是 JSON 对象。");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
