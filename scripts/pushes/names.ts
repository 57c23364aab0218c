/** Names of the generated interfaces and modules. */
import type { Kind } from "./catalog.ts";

/**
 * The name of a push's interface: `OaText`, `OaClickEvent`, `ComponentAuthorizedInfo`.
 *
 * The suffix keeps the message `location` and the event `LOCATION` apart.
 */
export function interfaceName(prefix: string, kind: Kind): string {
  const start = pascalCase(prefix);
  if (kind.infoType !== undefined) return `${start}${pascalCase(kind.infoType)}Info`;
  if (kind.event === undefined) return `${start}${pascalCase(kind.msgType ?? "")}`;
  const event = pascalCase(kind.event.replace(/_event$/, ""));
  return `${start}${event}${pascalCase(kind.changeType ?? "")}Event`;
}

/** The name under which a product's module is imported: `wecom-app` is `wecomApp`. */
export function moduleName(product: string): string {
  const name = pascalCase(product);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** @throws when two pushes would share an interface's name */
export function assertUnique(named: readonly { readonly name: string; readonly key: string }[]): void {
  const keys = new Map<string, string>();
  for (const { name, key } of named) {
    const other = keys.get(name);
    if (other !== undefined) throw new Error(`"${other}" and "${key}" would both be called ${name}.`);
    keys.set(name, key);
  }
}

function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => (/^[A-Z0-9]+$/.test(word) ? word.charAt(0) + word.slice(1).toLowerCase() : word))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
