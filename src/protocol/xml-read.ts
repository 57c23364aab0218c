/**
 * XML to plain values: every leaf a string exactly as it was sent, nested elements as objects, repeated ones as
 * arrays.
 *
 * fast-xml-parser is told to interpret nothing: by default it would turn the user's "0123" into a number, " true "
 * into a boolean, and cut blanks.
 */
import { XMLParser } from "fast-xml-parser";
import type { WireObject, WireValue } from "./pushes/wire.ts";
import { rootOffset, xmlFault } from "./xml-guard.ts";
import { scanFlatXml } from "./xml-scan.ts";

const TEXT = "#text";
const CDATA = "#cdata";

const parser = new XMLParser({
  preserveOrder: true,
  cdataPropName: CDATA,
  textNodeName: TEXT,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreAttributes: true,
  processEntities: false,
});

/** A body that is not one well-formed `<xml>` element. The message names the fault, never content. */
export class XmlFault extends Error {
  override readonly name = "XmlFault";
}

/**
 * Reads the fields of a `<xml>…</xml>` body.
 *
 * @throws {XmlFault} when the body is anything else
 */
export function readXml(text: string): WireObject {
  return scanFlatXml(text) ?? parseXml(text);
}

/** The general way of `readXml`, by the library. */
export function parseXml(text: string): WireObject {
  const fault = xmlFault(text);
  if (fault !== undefined) throw new XmlFault(fault);
  const kept = keepCarriageReturns(text.slice(rootOffset(text)));
  const root = childrenOf(parser.parse(kept.text)).find(({ name }) => name !== TEXT);
  if (root?.name !== "xml") throw new XmlFault("the root element is not <xml>");
  const value = valueOf(root.content, kept.restore);
  return typeof value === "string" ? emptyObject(value) : value;
}

function emptyObject(text: string): WireObject {
  if (text.trim() !== "") throw new XmlFault("text instead of elements");
  return {};
}

/**
 * The library folds CR LF into LF, as XML prescribes; a user's text shall arrive as it was sent. So a character
 * that the text does not contain stands in for CR meanwhile.
 */
function keepCarriageReturns(text: string): { text: string; restore: (value: string) => string } {
  if (!text.includes("\r")) return { text, restore: (value) => value };
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code++;
  const standIn = String.fromCharCode(code);
  return { text: text.replaceAll("\r", standIn), restore: (value) => value.replaceAll(standIn, "\r") };
}

interface Node {
  readonly name: string;
  readonly content: unknown;
}

/** The library's ordered form is a list of objects with one key each. */
function childrenOf(content: unknown): Node[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((node: unknown) =>
    typeof node === "object" && node !== null
      ? Object.entries(node).map(([name, inner]: [string, unknown]) => ({ name, content: inner }))
      : [],
  );
}

function valueOf(content: unknown, restore: (text: string) => string): string | WireObject {
  const nodes = childrenOf(content);
  if (nodes.every(({ name }) => name === TEXT || name === CDATA)) return leafText(nodes, restore);
  const fields: Record<string, WireValue> = {};
  for (const { name, content: inner } of nodes) {
    if (name === TEXT || name === CDATA) continue;
    const value = valueOf(inner, restore);
    const present = fields[name];
    if (present === undefined) fields[name] = value;
    else if (Array.isArray(present)) present.push(value);
    else fields[name] = [present, value];
  }
  return fields;
}

/** Samples on WeChat's own pages have blanks around a CDATA section: they are layout, blanks inside are text. */
function leafText(nodes: readonly Node[], restore: (text: string) => string): string {
  const hasCdata = nodes.some(({ name }) => name === CDATA);
  let text = "";
  for (const { name, content } of nodes) {
    if (name === CDATA) text += childrenOf(content).map(rawText).join("");
    else if (!hasCdata || rawText({ name, content }).trim() !== "")
      text += decodeEntities(rawText({ name, content }));
  }
  return restore(text);
}

function rawText({ content }: Node): string {
  return typeof content === "string" ? content : "";
}

const PREDEFINED = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);
const ENTITY = /&(?:#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));/g;

/** The five entities of XML itself and character references; any other `&` stays text. */
function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return PREDEFINED.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
