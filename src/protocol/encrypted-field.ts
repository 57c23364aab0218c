/**
 * Takes `Encrypt` out of a body without parsing it: two bounded scans. The text around it is covered by no
 * signature, so no parser may see it before the ciphertext's own signature has been checked.
 */
import { CDATA_END, CDATA_START } from "./cdata.ts";

const OPEN = "<Encrypt>";
const CLOSE = "</Encrypt>";
const JSON_FIELD = /"(?:Encrypt|encrypt)"\s*:\s*"([A-Za-z0-9+/=\\]*)"/;

/**
 * Finds the `Encrypt` text of an XML or JSON body.
 *
 * @returns the text as received, or `undefined` when there is none; whether it is Base64 shows when it is opened
 */
export function encryptedField(body: string): string | undefined {
  return body.trimStart().startsWith("{") ? fromJson(body) : fromXml(body);
}

function fromXml(body: string): string | undefined {
  const open = outsideCdata(body, OPEN);
  if (open < 0) return undefined;
  const close = body.indexOf(CLOSE, open);
  if (close < 0) return undefined;
  const content = body.slice(open + OPEN.length, close).trim();
  return content.startsWith(CDATA_START) && content.endsWith(CDATA_END)
    ? content.slice(CDATA_START.length, -CDATA_END.length)
    : content;
}

/** In compatible mode the plain fields stand in the same body: what a user typed must not pass for the envelope. */
function outsideCdata(body: string, tag: string): number {
  let from = 0;
  let found = body.indexOf(tag);
  while (found >= 0) {
    const cdata = body.indexOf(CDATA_START, from);
    if (cdata < 0 || found < cdata) return found;
    const end = body.indexOf(CDATA_END, cdata);
    if (end < 0) return -1;
    from = end + CDATA_END.length;
    if (found < from) found = body.indexOf(tag, from);
  }
  return -1;
}

function fromJson(body: string): string | undefined {
  return JSON_FIELD.exec(body)?.[1]?.replaceAll("\\/", "/");
}
