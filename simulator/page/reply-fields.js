// @ts-check
/** Reads what a message says by the names of its fields: WeChat's own names, nested as on the wire. */
/** @import { ReplyField } from "../exchange.ts" */

/** @typedef {Readonly<Record<string, ReplyField>>} Fields */

/**
 * @param {Fields} fields
 * @param {string} name
 * @returns {string} the text of that field, empty when there is none
 */
export function text(fields, name) {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}

/**
 * @param {Fields} fields
 * @param {string} name
 * @returns {Fields} the element's children
 */
export function child(fields, name) {
  return items(fields[name])[0] ?? {};
}

/**
 * @param {ReplyField | undefined} value one element or several
 * @returns {readonly Fields[]}
 */
export function items(value) {
  if (value === undefined || typeof value === "string") return [];
  if (isList(value)) return value.flatMap((item) => items(item));
  return [value];
}

/**
 * @param {ReplyField} value
 * @returns {value is readonly ReplyField[]}
 */
function isList(value) {
  return Array.isArray(value);
}
