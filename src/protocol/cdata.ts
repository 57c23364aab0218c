/** CDATA sections: what nearly every text of a push or a reply stands in. */

export const CDATA_START = "<![CDATA[";
export const CDATA_END = "]]>";

/** What XML 1.0 has no place for: one of these, and the user reads a failure notice instead of the reply. */
// oxlint-disable-next-line no-control-regex -- these are the characters to find
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** Text that can go into a CDATA section as it is: no `]`, nothing forbidden, no surrogate that could be alone. */
const PLAIN = /^[\t\n\r\u0020-\u005C\u005E-\uD7FF\uE000-\uFFFD]*$/;

/** A CDATA section that holds any text: what XML forbids is left out, and its own end mark is split over two. */
export function cdata(value: string): string {
  if (PLAIN.test(value)) return CDATA_START + value + CDATA_END;
  const allowed = value.replace(FORBIDDEN, "").toWellFormed();
  return `<![CDATA[${allowed.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}
