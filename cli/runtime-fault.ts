/**
 * Why a Worker does not start: what its code threw while it was loaded. A misspelt selector is enough, and ends wrangler,
 * which tells it between warnings that come of the same.
 */

/** How the runtime says it, in a JSON line or in a line of its own. */
const UNCAUGHT = /Uncaught (?:Error: )?(?<fault>.+)/;

/**
 * @param line one line of wrangler's output
 * @returns the thrown error's name and text; `undefined` when the line says nothing of it
 */
export function runtimeFault(line: string): string | undefined {
  const fault = UNCAUGHT.exec(messageOf(line))?.groups?.["fault"]?.trim();
  return fault === "" ? undefined : fault;
}

/** The text of a JSON line of the runtime's, without the stack below it; any other line as it is. */
function messageOf(line: string): string {
  try {
    const entry: unknown = JSON.parse(line.trim());
    const message: unknown = typeof entry === "object" && entry !== null ? Reflect.get(entry, "message") : "";
    return typeof message === "string" ? (message.split("\n")[0] ?? "") : "";
  } catch {
    return line;
  }
}

/** How it goes on: by itself when a file is saved, or with the next `npm start`. */
const GOES_ON = {
  save: ["Mend it and save: it starts again by itself.", "修改并保存后会自动重新启动。"],
  start: ["Mend it, then run npm start again.", "请修改后重新运行 npm start。"],
} as const;

/** What somebody is told whose Worker has ended, in both languages: the last lines of a long output. */
export function brokenText(fault: string | undefined, by: keyof typeof GOES_ON): string {
  const [en, zh] =
    fault === undefined
      ? ["wrangler dev has ended; see above.", "wrangler dev 已退出，原因见上。"]
      : [`The Worker does not load: ${fault}`, "Worker 加载失败，原因如上。"];
  const [cureEn, cureZh] = GOES_ON[by];
  return `\n✗ ${en}\n  ${cureEn}\n  ${zh}${cureZh}`;
}
