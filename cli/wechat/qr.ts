/** `qr create`: a QR code with a scene, drawn in the terminal or into a file. */
import { extname } from "node:path";
import { styleText } from "node:util";
import { renderSVG, renderUnicodeCompact } from "uqr";
import { UsageError } from "../usage-error.ts";
import type { Command, Given, Outcome } from "./command.ts";
import { writeOut } from "./files.ts";
import { qrPng } from "./qr-png.ts";
import type { Session } from "./session.ts";

/** WeChat's longest life of a temporary code: 30 days. */
const DEFAULT_SECONDS = 2_592_000;
/** Modules of white around a code, as readers want them. */
const QUIET_ZONE = 4;
/** A terminal is dark or light around it anyway. */
const TERMINAL_QUIET_ZONE = 2;

export const QR_COMMAND: Command = {
  name: "qr create",
  operands: ["SCENE"],
  options: ["permanent", "seconds", "out"],
  changes: true,
  summary: "a QR code with a scene, drawn here · 生成带参数二维码并显示",
  details: [
    "SCENE comes back as EventKey when somebody scans it · 扫码时作为 EventKey 推送",
    "--seconds N                   how long it works, 30 days at most and by default · 有效秒数，默认与上限均为 30 天",
    "--permanent                   for ever; an account has 100,000 · 永久，每个账号 10 万个",
    "--out FILE.png|svg            a picture as well · 同时保存为图片",
  ],
  run: create,
};

/** Writers of pictures, by the ending of the file's name. */
const PICTURES: ReadonlyMap<string, (url: string) => string | Uint8Array> = new Map([
  [".png", (url: string): string | Uint8Array => qrPng(url, QUIET_ZONE)],
  [".svg", (url: string): string | Uint8Array => renderSVG(url, { border: QUIET_ZONE })],
]);

async function create({ operands: [scene = ""], options }: Given, session: Session): Promise<Outcome> {
  const { permanent: isPermanent = false, out } = options;
  const seconds = isPermanent ? permanentSeconds(options.seconds) : secondsOf(options.seconds);
  const draw = out === undefined ? undefined : pictureOf(out);
  const { qrCodes } = await session.api();
  // As a text any scene will do, and pushes tell numbers and texts alike.
  const code = await session.progress.during(
    "creating the code · 正在生成二维码",
    seconds === undefined ? qrCodes.createPermanent(scene) : qrCodes.createTemporary(scene, seconds),
  );
  const { ticket, url } = code;
  session.done.push(`the code exists: ticket ${ticket} · 二维码已生成，ticket ${ticket}`);
  const imageUrl = qrCodes.imageUrl(ticket);
  if (out !== undefined && draw !== undefined) await writeOut(out, draw(url));
  const life = seconds === undefined ? "for ever · 永久" : `${seconds} s`;
  return {
    json: { scene, ...code, imageUrl, ...(out === undefined ? {} : { file: out }) },
    lines: [
      ...drawn(url),
      `  scene · 参数      ${scene}`,
      `  valid for · 有效  ${life}`,
      `  ticket            ${ticket}`,
      `  url               ${url}`,
      `  picture · 图片    ${imageUrl}`,
      ...(out === undefined ? [] : [`✓ ${out}`]),
    ],
  };
}

function permanentSeconds(given: string | undefined): undefined {
  if (given === undefined) return undefined;
  throw new UsageError("--permanent has no --seconds.", "--permanent 不能与 --seconds 同用。");
}

function secondsOf(given: string | undefined): number {
  const seconds = Number(given ?? DEFAULT_SECONDS);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= DEFAULT_SECONDS) return seconds;
  throw new UsageError(
    `--seconds must be a whole number from 1 to ${DEFAULT_SECONDS}.`,
    `--seconds 必须是 1 到 ${DEFAULT_SECONDS} 的整数。`,
  );
}

function pictureOf(path: string): (url: string) => string | Uint8Array {
  const draw = PICTURES.get(extname(path).toLowerCase());
  if (draw !== undefined) return draw;
  throw new UsageError("--out must end in .png or .svg.", "--out 的扩展名只能是 .png 或 .svg。");
}

/** White on black whatever the terminal's own colours are: many readers do not take the reverse. */
function drawn(url: string): string[] {
  const lines = renderUnicodeCompact(url, { border: TERMINAL_QUIET_ZONE }).split("\n");
  return lines.map((line) => styleText(["whiteBright", "bgBlack"], line, { stream: process.stdout }));
}
