/** An account's fields as somebody has written them, blanks included: for the doctor, which looks at the writing. */
import { DEFAULT_ACCOUNT, readMoreAccounts, VARIABLES } from "./definitions.ts";

/** One field that holds something. */
export interface WrittenField {
  /** Its name in `ACCOUNTS`. */
  readonly field: keyof typeof VARIABLES;
  /** What to mend: `WECHAT_TOKEN`, `ACCOUNTS.shop.token`. */
  readonly variable: string;
  /** Its value. A secret may be in it. */
  readonly text: string;
}

/** All fields of an account that hold a text. */
export function writtenFields(env: object, id: string): readonly WrittenField[] {
  const isDefault = id === DEFAULT_ACCOUNT;
  const account = isDefault ? env : readMoreAccounts(env).accounts.find(([name]) => name === id)?.[1];
  if (account === undefined) return [];
  return fieldNames().flatMap((field) => {
    const variable = isDefault ? VARIABLES[field] : `ACCOUNTS.${id}.${field}`;
    const text: unknown = Reflect.get(account, isDefault ? VARIABLES[field] : field);
    return typeof text === "string" && text.trim() !== "" ? [{ field, variable, text }] : [];
  });
}

function fieldNames(): (keyof typeof VARIABLES)[] {
  return Object.keys(VARIABLES).filter((name): name is keyof typeof VARIABLES => name in VARIABLES);
}
