/** Reads what an account says about texts that are too long for the messages there are. */
import type { LongTexts } from "./account.ts";
import { isOrigin } from "./api-settings.ts";

/** The default account's variables of these settings, by the field of `ACCOUNTS` that each stands for. */
export const LONG_TEXT_VARIABLES = { longTexts: "WECHAT_LONG_TEXTS", publicUrl: "PUBLIC_URL" } as const;

/** What stands in a link between quotation marks: some of them a URL's host may have. */
const PLAIN_ORIGIN = /^[a-z]+:\/\/[\w.:[\]-]+$/;

/** What links to pages are signed with, one of them. */
const LINK_SECRETS = ["appSecret", "encodingAesKey"] as const;
type Field = keyof typeof LONG_TEXT_VARIABLES | (typeof LINK_SECRETS)[number];

/** The setting; every fault names the variable to mend. */
export function readLongTexts(
  fields: (name: Field) => string | undefined,
  nameOf: (field: string) => string,
  faults: string[],
): LongTexts {
  const base = fields("publicUrl");
  if (base !== undefined && !(isOrigin(base) && PLAIN_ORIGIN.test(new URL(base).origin))) {
    faults.push(`${nameOf("publicUrl")} must be https://host without a path: where this Worker is reached`);
    return { kind: "more" };
  }
  switch (fields("longTexts")) {
    case undefined:
    case "more":
      return { kind: "more" };
    case "page":
      if (LINK_SECRETS.every((name) => fields(name) === undefined)) {
        const [best, other] = LINK_SECRETS.map(nameOf);
        faults.push(
          `${best} is missing: ${nameOf("longTexts")}=page signs its links with it, or with ${other}`,
        );
        return { kind: "more" };
      }
      if (base !== undefined) return { kind: "page", base: new URL(base).origin };
      faults.push(`PUBLIC_URL is missing: ${nameOf("longTexts")}=page needs it for its links`);
      return { kind: "more" };
    default:
      faults.push(`${nameOf("longTexts")} must be one of more, page`);
      return { kind: "more" };
  }
}
