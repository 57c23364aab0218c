/** Writes docs/pushes.md: what the generated types know, as tables. */
import type { Field } from "./catalog.ts";
import type { PushModule } from "./selectors.ts";
import { answerTo, COMMAND, notesOf, productName, sourcesOf } from "./words.ts";

/** The envelope is said once, above the tables. */
const ENVELOPE = new Set([
  "ToUserName",
  "FromUserName",
  "CreateTime",
  "MsgType",
  "Event",
  "ChangeType",
  "InfoType",
]);

const TYPE_MARKS: Readonly<Record<string, string>> = {
  int: ":i",
  int64: ":L",
  float: ":f",
  bool: ":b",
  timestamp: ":t",
};

/** The source of docs/pushes.md. */
export function tableDocument(products: readonly PushModule[]): string {
  return `<!-- Generated from src/protocol/pushes/catalog.json by scripts/generate.ts. Do not edit: run \`${COMMAND}\`. -->

# Pushes · 推送类型

The pushes that handlers can be typed for: selector for \`bot.on\`, fields, permitted answer, source. Generated from the catalog by \`${COMMAND}\`.

带有类型的全部推送：\`bot.on\` 的选择器、字段、允许的回复与出处。本页由 \`${COMMAND}\` 从目录生成，请勿手工修改。

Fields come after the envelope (\`ToUserName\`, \`FromUserName\`, \`CreateTime\`, \`MsgType\`, \`Event\`). Every value is a string;
the mark says what its text is: \`:i\` an integer, \`:L\` a 64-bit integer, \`:f\` a decimal number, \`:b\` a boolean, \`:t\` Unix
seconds. \`?\` = may be absent, \`{…}\` = nested, \`[]\` = repeats, always an array.

${products.map(sectionOf).join("\n\n")}
`;
}

function sectionOf({ module, pushes }: PushModule): string {
  const rows = pushes.map((push) => {
    const fields = push.fields.filter((field) => !ENVELOPE.has(field.name)).map(fieldText);
    const cells = [
      `\`${push.selector}\``,
      fields.length === 0 ? "" : `\`${fields.join(", ")}\``,
      answerTo(push.rows),
      notesOf(push).join("; "),
      sourcesOf(push.rows).map(sourceLink).join(", "),
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  // Aligned, every line would be as long as the longest one.
  return `## \`${module}\`: ${productName(module)}

<!-- prettier-ignore-start -->
| Selector | Fields | May be answered with | Notes | Source |
|---|---|---|---|---|
${rows.join("\n")}
<!-- prettier-ignore-end -->`;
}

function fieldText({ name, types, optional, repeated, nested }: Field): string {
  const children = nested === undefined ? "" : `{${nested.map(fieldText).join(", ")}}`;
  const marks = types.map((type) => TYPE_MARKS[type] ?? "").join("");
  return `${name}${optional ? "?" : ""}${repeated ? "[]" : ""}${marks}${children}`;
}

/** A page is named by the last part of its address; what is no address stays as it is. */
function sourceLink(source: string): string {
  if (!source.startsWith("https://")) return source;
  const page =
    new URL(source).pathname
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? source;
  return `[${page.replace(/\.html$/, "")}](${source})`;
}
