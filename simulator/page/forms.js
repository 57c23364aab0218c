// @ts-check
/** The forms behind the tiles: what a person fills in, and the action that it becomes. */
/** @import { Action } from "./api.js" */
/** @import { Key } from "./language.js" */
/** @import { Code } from "./platform.js" */
import { codeList } from "./codes.js";
import { h } from "./dom.js";
import { t } from "./language.js";

/**
 * What a form can do besides being sent.
 *
 * @typedef {object} Helpers
 * @property {() => Promise<readonly Code[]>} codes the QR codes that the account has created
 * @property {(action: Action) => void} send does something at once, and closes the form
 *
 * @typedef {object} Form
 * @property {string} glyph
 * @property {Key} title
 * @property {(helpers: Helpers) => Node[]} fields
 * @property {(data: FormData) => Action | Promise<Action>} action
 */

const PLACES = /** @type {const} */ ([
  { label: "place.tower", x: "23.106574", y: "113.324520" },
  { label: "place.bund", x: "31.240018", y: "121.490317" },
  { label: "place.palace", x: "39.916345", y: "116.397155" },
]);
const SCALE = "16";

/** @type {Form} */
export const PHOTO = {
  glyph: "photo",
  title: "photo",
  fields: () => [
    field(
      t("photoFile"),
      h("input", { name: "file", type: "file", accept: "image/png,image/jpeg,image/gif,image/webp" }),
    ),
    field(
      t("photoAddress"),
      h("input", { name: "PicUrl", type: "url", placeholder: "https://", autocomplete: "off" }),
    ),
    hint("photoHint"),
  ],
  action: async (data) => {
    const file = data.get("file");
    if (!(file instanceof File) || file.size === 0) return { action: "image", ...given(data, "PicUrl") };
    return { action: "image", PicUrl: await dataUrl(file) };
  },
};

/** @type {Form} */
export const LOCATION = {
  glyph: "location",
  title: "location",
  fields: () => {
    const [first] = PLACES;
    const label = input("Label", t(first.label));
    const x = input("Location_X", first.x);
    const y = input("Location_Y", first.y);
    const places = h(
      "select",
      {},
      ...PLACES.map((place, index) => h("option", { value: String(index) }, t(place.label))),
    );
    places.addEventListener("change", () => {
      const place = PLACES[places.selectedIndex];
      if (place === undefined) return;
      label.value = t(place.label);
      x.value = place.x;
      y.value = place.y;
    });
    for (const coordinate of [x, y]) coordinate.inputMode = "decimal";
    return [
      field(t("place"), places),
      field("Label", label),
      h("div", { class: "pair" }, field("Location_X", x), field("Location_Y", y)),
    ];
  },
  action: (data) => ({
    action: "location",
    ...given(data, "Label", "Location_X", "Location_Y"),
    Scale: SCALE,
  }),
};

/** @type {Form} */
export const VOICE = {
  glyph: "voice",
  title: "voice",
  fields: () => [
    field("Recognition", h("textarea", { name: "Recognition", rows: "2" }, t("voiceSample"))),
    hint("voiceHint"),
  ],
  action: (data) => ({ action: "voice", ...given(data, "Recognition") }),
};

/** @type {Form} */
export const SCAN = {
  glyph: "scan",
  title: "scan",
  fields: ({ codes, send }) => [
    codeList(codes, ({ ticket }) => send({ action: "scan", ticket })),
    field(t("scene"), input("scene", "shop-42")),
    hint("scanHint"),
  ],
  action: (data) => ({ action: "scan", ...given(data, "scene") }),
};

/** @type {Form} */
export const EVENT = {
  glyph: "event",
  title: "event",
  fields: () => [
    field("Event", input("Event", "LOCATION")),
    field(t("eventFields"), h("textarea", { name: "fields", rows: "3", spellcheck: "false" })),
    hint("eventHint"),
  ],
  action: (data) => ({
    action: "event",
    ...given(data, "Event"),
    fields: lines(textOf(data, "fields")),
  }),
};

/** In the order of the tiles. */
export const FORMS = [PHOTO, LOCATION, VOICE, SCAN, EVENT];

/**
 * @param {string} label
 * @param {HTMLElement} control
 */
function field(label, control) {
  return h("label", { class: "form-field" }, h("span", {}, label), control);
}

/**
 * @param {string} name
 * @param {string} value
 */
function input(name, value) {
  return h("input", { name, value, required: true, autocomplete: "off" });
}

/** @param {Key} key */
function hint(key) {
  return h("p", { class: "hint" }, t(key));
}

/**
 * The fields that were filled in.
 *
 * @param {FormData} data
 * @param {...string} names
 * @returns {Record<string, string>}
 */
function given(data, ...names) {
  const filled = names.map((name) => /** @type {const} */ ([name, textOf(data, name)]));
  return Object.fromEntries(filled.filter(([, value]) => value !== ""));
}

/**
 * @param {FormData} data
 * @param {string} name
 */
function textOf(data, name) {
  const value = data.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/**
 * @param {string} text `name=value`, one a line
 * @returns {Record<string, string>}
 */
function lines(text) {
  const pairs = text.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(
    pairs.map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]),
  );
}

/**
 * @param {File} file
 * @returns {Promise<string>} its content as a `data:` URL
 */
async function dataUrl(file) {
  let binary = "";
  for (const byte of new Uint8Array(await file.arrayBuffer())) binary += String.fromCharCode(byte);
  return `data:${file.type};base64,${btoa(binary)}`;
}
