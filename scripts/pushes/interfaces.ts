/** Writes the module of one product: one interface per selector. */
import type { Field, Kind, Push } from "./catalog.ts";
import { answerTo, COMMAND, notesOf, productName, sourcesOf } from "./words.ts";

/** A push and the name of its interface. */
export interface NamedPush extends Push {
  readonly name: string;
}

/** The elements of wire.ts's `PushEnvelope`. Pushes of platforms, suites and bots lack some of them. */
const ENVELOPE = ["ToUserName", "FromUserName", "CreateTime", "MsgType"];

/** Where each product says what kind of push it is: the first one that a push has. */
const KIND_PATHS: readonly (readonly [keyof Kind, readonly string[]])[] = [
  ["msgType", ["MsgType", "msgtype"]],
  ["event", ["Event", "event.eventtype", "event.event_type", "event_type"]],
  ["changeType", ["ChangeType"]],
  ["infoType", ["InfoType"]],
];

const TYPE_NOTES: Readonly<Record<string, string>> = {
  int: "An integer.",
  int64: "A 64-bit integer.",
  float: "A decimal number.",
  bool: "A boolean.",
  timestamp: "Unix time in seconds.",
};

/** The first line of every generated module. */
export const GENERATED = `// Generated from catalog.json by scripts/generate.ts. Do not edit: run \`${COMMAND}\`.`;

/** The source of a module of interfaces. */
export function interfacesModule(pushes: readonly NamedPush[]): string {
  const usesEnvelope = pushes.some(({ fields }) => hasEnvelope(fields));
  return [
    GENERATED,
    ...(usesEnvelope ? [`import type { PushEnvelope } from "./wire.ts";`] : []),
    ...pushes.map(interfaceOf),
  ].join("\n\n");
}

function interfaceOf(push: NamedPush): string {
  const { name, kind, fields } = push;
  const literals = literalsOf(kind, fields);
  const inherits = hasEnvelope(fields);
  const own = inherits
    ? fields.filter((field) => !ENVELOPE.includes(field.name) || literals.has(field.name))
    : fields;
  return `${docOf(push)}
export interface ${name} ${inherits ? "extends PushEnvelope " : ""}${objectType(own, literals)}`;
}

function docOf(push: Push): string {
  const notes = notesOf(push);
  const sources = sourcesOf(push.rows);
  const fromSdk = push.rows.every((row) => row.evidence === "sdk");
  return docComment([
    `${push.products.map(productName).join(", ")}: ${titleOf(push.kind)}.`,
    "",
    ...(notes.length > 0 ? [...notes.map((note) => `- ${note}`), ""] : []),
    `May be answered with ${answerTo(push.rows)}.`,
    ...(fromSdk ? ["The fields are those that SDKs read; no official list of them was found."] : []),
    "",
    ...sources.map((source) => `@see ${source}`),
  ]);
}

function titleOf({ msgType, event, changeType, infoType }: Kind): string {
  if (infoType !== undefined) return `notice \`${infoType}\``;
  if (event === undefined) return `message \`${msgType}\``;
  return changeType === undefined ? `event \`${event}\`` : `event \`${event}\`, change \`${changeType}\``;
}

function docComment(lines: readonly string[]): string {
  const body = lines.map((line) => ` * ${line.replaceAll("*/", "*\\/")}`.trimEnd());
  return ["/**", ...body, " */"].join("\n");
}

function hasEnvelope(fields: readonly Field[]): boolean {
  const required = new Set(fields.filter((field) => !field.optional).map((field) => field.name));
  return ENVELOPE.every((name) => required.has(name));
}

/** The paths whose value the selector fixes, with that value. */
function literalsOf(kind: Kind, fields: readonly Field[]): ReadonlyMap<string, string> {
  const paths = new Set(leafPaths(fields));
  const found = new Map<string, string>();
  for (const [key, candidates] of KIND_PATHS) {
    const value = kind[key];
    const path = candidates.find((candidate) => paths.has(candidate));
    if (path !== undefined && value !== undefined) found.set(path, value);
  }
  return found;
}

function leafPaths(fields: readonly Field[], parent = ""): string[] {
  return fields.flatMap(({ name, nested }) => {
    const path = `${parent}${name}`;
    return nested === undefined ? [path] : leafPaths(nested, `${path}.`);
  });
}

function objectType(fields: readonly Field[], literals: ReadonlyMap<string, string>, parent = ""): string {
  const members = fields.map((field) => {
    const path = `${parent}${field.name}`;
    const element =
      field.nested === undefined
        ? leafType(literals.get(path))
        : objectType(field.nested, literals, `${path}.`);
    const type = field.repeated ? `readonly (${element})[]` : element;
    return `${fieldComment(field)}readonly ${field.name}${field.optional ? "?" : ""}: ${type};`;
  });
  return `{\n${members.join("\n")}\n}`;
}

function leafType(literal: string | undefined): string {
  return literal === undefined ? "string" : JSON.stringify(literal);
}

/** Every leaf is a string; what its text means stands in the comment. */
function fieldComment({ types }: Field): string {
  const notes = types.flatMap((type) => TYPE_NOTES[type] ?? []);
  return notes.length === 0 ? "" : `/** ${notes.join(" Or: ")} */\n`;
}
