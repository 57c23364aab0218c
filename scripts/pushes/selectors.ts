/** Writes selectors.ts: the map from selectors to types, and what the run time needs of the catalog. */
import { repeatedPaths } from "./catalog.ts";
import { GENERATED, type NamedPush } from "./interfaces.ts";
import { moduleName } from "./names.ts";

/** The pushes that one generated module declares: a product's, or those that several products share. */
export interface PushModule {
  /** The module's file name without ending: a product, or `classic`. */
  readonly module: string;
  readonly pushes: readonly NamedPush[];
}

/** A selector and the interface that it stands for. */
export interface SelectorEntry {
  readonly selector: string;
  readonly module: string;
  readonly name: string;
}

/** The source of selectors.ts. */
export function selectorsModule(products: readonly PushModule[], entries: readonly SelectorEntry[]): string {
  const modules = [...new Set(entries.map((entry) => entry.module))].toSorted();
  const selectors = ["message", "event", ...entries.map((entry) => entry.selector)];
  return `${GENERATED}

${modules.map((module) => `import type * as ${moduleName(module)} from "./${module}.ts";`).join("\n")}
import type { AnyEvent, AnyMessage } from "./wire.ts";

/**
 * The type of the push that each selector stands for.
 *
 * A selector is \`[product/]MsgType\`, \`[product/]event:Event[:ChangeType]\` or \`[product/]info:InfoType\`; \`message\`
 * and \`event\` stand for any message and any event, those that no page describes included.
 */
export interface PushesBySelector {
  message: AnyMessage;
  event: AnyEvent;
  ${entries.map(({ selector, module, name }) => `"${selector}": ${moduleName(module)}.${name};`).join("\n")}
}

/** Every selector that a handler can be registered under. */
export type Selector = keyof PushesBySelector;

/** The same at run time, where a selector may come from a configuration. */
export const SELECTORS: ReadonlySet<string> = new Set<Selector>([
  ${selectors.map((selector) => `"${selector}",`).join("\n")}
]);

/**
 * The elements that repeat, as dotted paths with the outer ones first, by the prefixed selector of their push.
 *
 * One that was sent once looks like a single element and must be made an array. Pushes without such elements are
 * absent. A \`ChangeType\` that is absent falls under its event: \`product/event:Event\` has the paths of all changes.
 */
export const REPEATED_ELEMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ${repeatedEntries(products).join("\n")}
]);
`;
}

function repeatedEntries(products: readonly PushModule[]): string[] {
  return products.flatMap(({ module, pushes }) =>
    pushes.flatMap(({ selector, fields }) => {
      const paths = repeatedPaths(fields);
      return paths.length === 0 ? [] : [`["${module}/${selector}", ${JSON.stringify(paths)}],`];
    }),
  );
}
