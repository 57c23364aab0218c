/** `media upload`: a file that messages can refer to. */
import { basename, extname } from "node:path";
import { MEDIA_TYPES, type MediaType, TEMPORARY_RULES } from "../../src/api/calls/media-files.ts";
import { UsageError } from "../usage-error.ts";
import type { Command, Given, Outcome } from "./command.ts";
import { openFile } from "./files.ts";
import type { Session } from "./session.ts";

export const MEDIA_COMMAND: Command = {
  name: "media upload",
  operands: ["FILE"],
  options: ["type"],
  changes: true,
  summary: "a temporary file for messages, kept three days · 上传临时素材，保留三天",
  details: [
    "--type image|voice|video|thumb",
    "                              by the file's name when left out · 省略时按扩展名判断",
  ],
  run: upload,
};

async function upload({ operands: [path = ""], options }: Given, session: Session): Promise<Outcome> {
  const type = typeOf(path, options.type);
  const content = await openFile(path);
  const { media } = await session.api();
  const uploaded = await session.progress.during(
    `uploading ${content.size} bytes · 正在上传`,
    media.upload(type, { content, filename: basename(path) }),
  );
  return {
    json: uploaded,
    lines: [`✓ ${type}, kept for three days · 保留三天`, `  media_id  ${uploaded.media_id}`],
  };
}

/** Without a wish, the first type that takes such a file: `thumb` comes last, for every thumb is an image too. */
function typeOf(path: string, wish: string | undefined): MediaType {
  const ending = extname(path).slice(1).toLowerCase();
  const found =
    wish === undefined
      ? MEDIA_TYPES.find((type) => TEMPORARY_RULES[type].endings.some((one) => one === ending))
      : MEDIA_TYPES.find((type) => type === wish);
  if (found !== undefined) return found;
  if (wish !== undefined) {
    const names = MEDIA_TYPES.join(", ");
    throw new UsageError(`--type must be one of ${names}.`, `--type 只能是 ${names}。`);
  }
  const endings = [...new Set(MEDIA_TYPES.flatMap((type) => TEMPORARY_RULES[type].endings))].join(", ");
  throw new UsageError(`WeChat takes ${endings}; ${path} is none.`, `微信只接受 ${endings}，${path} 不是。`);
}
