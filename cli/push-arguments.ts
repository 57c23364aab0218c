/** The command line of `npm run push`: what to send, as whom, and to where. */
import { parseArgs } from "node:util";
import type { PushEnvelope } from "../src/protocol/pushes/wire.ts";
import { type Mode, MODES } from "../simulator/account.ts";
import { isDegrees } from "../simulator/actions.ts";
import { CATALOGUED, variantsOf } from "../simulator/catalog.ts";
import { createPush, type FieldChanges, SAMPLE_OPENID } from "../simulator/create-push.ts";
import { nestedFields } from "../simulator/fields.ts";
import { newMediaId } from "../simulator/media.ts";
import { UsageError } from "./usage-error.ts";

/** What the command line asks for. `push` is absent for the URL check. */
export interface PushCommand {
  readonly push: PushEnvelope | undefined;
  readonly account: string;
  readonly url: string | undefined;
  readonly mode: Mode | undefined;
  readonly token: string | undefined;
  readonly encodingAesKey: string | undefined;
  readonly appId: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

const OPTIONS = {
  url: { type: "string" },
  account: { type: "string" },
  mode: { type: "string" },
  from: { type: "string" },
  token: { type: "string" },
  "aes-key": { type: "string" },
  "app-id": { type: "string" },
  key: { type: "string" },
  field: { type: "string", multiple: true },
  variant: { type: "string" },
  json: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the arguments.
 *
 * @returns `help` when that is all that is asked for
 * @throws {UsageError} when they make no sense
 */
export function readPushArguments(argv: readonly string[]): PushCommand | "help" {
  const { values, positionals } = parsed(argv);
  const [command, ...rest] = positionals.map(restored);
  if (values.help === true) return "help";
  if (command === undefined)
    throw new UsageError("Say what to push; --help lists it.", "请说明要推送什么；--help 查看用法。");
  const mode = MODES.find((name) => name === values.mode);
  if (mode === undefined && values.mode !== undefined) {
    throw new UsageError(`--mode must be one of ${MODES.join(", ")}.`, `--mode 只能是 ${MODES.join("、")}。`);
  }
  if (values.url !== undefined && !/^https?:$/.test(protocolOf(values.url))) {
    throw new UsageError("--url must be an http(s) address.", "--url 必须是 http(s) 地址。");
  }
  const more = {
    ...fieldsOf(values.field ?? []),
    ...(values.key === undefined ? {} : { EventKey: restored(values.key) }),
  };
  const from = { FromUserName: values.from ?? SAMPLE_OPENID };
  return {
    push: command === "check" ? undefined : pushOf(command, rest, { ...from, ...more }, values.variant),
    account: values.account ?? "default",
    url: values.url,
    mode,
    token: values.token,
    encodingAesKey: values["aes-key"],
    appId: values["app-id"],
    json: values.json === true,
    verbose: values.verbose === true,
  };
}

const NEGATIVE = /^-\d+(?:\.\d+)?$/;

/** `-23.1` is a coordinate and no option: a blank in front of it keeps `parseArgs` from thinking so. */
function parsed(argv: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(argv.map((argument) => (NEGATIVE.test(argument) ? ` ${argument}` : argument)));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message, "参数有误；--help 查看用法。");
  }
}

function restored(argument: string): string {
  return NEGATIVE.test(argument.trim()) ? argument.trim() : argument;
}

function parse(args: string[]) {
  return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}

function fieldsOf(pairs: readonly string[]): FieldChanges {
  const entries = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    throw new UsageError(`--field ${pair}: write Name=value.`, `--field ${pair}：应写成 Name=value。`);
  });
  const fields = nestedFields(Object.fromEntries(entries));
  if (fields !== undefined) return fields;
  throw new UsageError("--field: that is no name of an element.", "--field：不是合法的元素名。");
}

function pushOf(
  command: string,
  words: readonly string[],
  more: FieldChanges,
  variant?: string,
): PushEnvelope {
  switch (command) {
    case "text": {
      const Content = words.join(" ");
      if (Content === "") throw new UsageError("text needs some words.", "text 后面要写内容。");
      return made("text", { Content, ...more }, variant);
    }
    case "image": {
      const [PicUrl, ...rest] = words;
      if (rest.length > 0) throw new UsageError("image takes one address.", "image 只接受一个地址。");
      return made(
        "image",
        { MediaId: newMediaId(), ...(PicUrl === undefined ? {} : { PicUrl }), ...more },
        variant,
      );
    }
    case "voice": {
      const Recognition = words.join(" ");
      return made(
        "voice",
        { MediaId: newMediaId(), ...(Recognition === "" ? {} : { Recognition }), ...more },
        variant,
      );
    }
    case "location":
      return made("location", { ...placeOf(words), ...more }, variant);
    case "event":
    case "message": {
      const [name = "", ...rest] = words;
      if (rest.length > 0) throw new UsageError(`${command} takes one name.`, `${command} 只接受一个名称。`);
      return made(catalogued(command, name), more, variant);
    }
    default:
      throw new UsageError(
        `"${command}" is nothing that can be pushed; --help lists it.`,
        `不能推送 "${command}"；--help 查看用法。`,
      );
  }
}

function made(selector: string, fields: FieldChanges, variant: string | undefined): PushEnvelope {
  const variants = variantsOf(selector);
  if (variant !== undefined && !variants.includes(variant)) {
    const known = variants.join(", ") || "none";
    throw new UsageError(`--variant of ${selector}: ${known}.`, `${selector} 的 --variant：${known}。`);
  }
  const { EventKey } = fields;
  // A scan by somebody who does not follow yet is a `subscribe` with a ticket.
  const scanned = selector === "event:subscribe" && typeof EventKey === "string" && EventKey !== "";
  return createPush(selector, fields, { variant: variant ?? (scanned ? "qr-scene" : undefined) });
}

function placeOf(words: readonly string[]): FieldChanges {
  const [x = "", y = "", ...label] = words;
  if (!isDegrees(x, 90) || !isDegrees(y, 180)) {
    throw new UsageError(
      "location needs latitude and longitude: location 23.1 113.3 广州",
      "location 需要纬度和经度：location 23.1 113.3 广州",
    );
  }
  return { Location_X: x, Location_Y: y, ...(label.length > 0 ? { Label: label.join(" ") } : {}) };
}

const MAX_SUGGESTIONS = 12;

/** The selector of a catalogued push; a name that is none is most likely a slip, for `click` is not `CLICK`. */
function catalogued(command: "event" | "message", name: string): string {
  const prefix = command === "event" ? "event:" : "";
  if (CATALOGUED.includes(prefix + name)) return prefix + name;
  const names = CATALOGUED.filter((one) => one.startsWith("event:") === (command === "event")).map((one) =>
    one.slice(prefix.length),
  );
  const lower = name.toLowerCase();
  const near = names.filter((one) => lower !== "" && one.toLowerCase().includes(lower));
  const list = (near.length > 0 ? near : names).slice(0, MAX_SUGGESTIONS).join(", ");
  throw new UsageError(
    `"${name}" is no ${command} of the catalogue (docs/pushes.md). ${near.length > 0 ? "Did you mean" : "There are"}: ${list}`,
    `目录（docs/pushes.md）里没有 "${name}"。${near.length > 0 ? "你是指" : "例如"}：${list}`,
  );
}
