/** JSON as WeChat's API reads it: raw UTF-8, for it shows users the characters of a `\uXXXX` escape as they stand. */

/** `JSON.stringify` escapes these, and no user should see them: control characters other than tab and line ends. */
// oxlint-disable-next-line no-control-regex -- these are the characters to remove
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g;

/** The body of an API call. Half an emoji, which a careless cut leaves behind, becomes U+FFFD. */
export function writeJson(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "string" ? inner.toWellFormed().replace(CONTROLS, "") : inner,
  );
}
