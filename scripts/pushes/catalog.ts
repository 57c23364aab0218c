/** The catalog of pushes: its rows, and how the rows of one selector become one push. */
import { readFile } from "node:fs/promises";

/** One element of a push. `type` is `string int int64 float bool timestamp object`, or one of these in `array<…>`. */
export interface CatalogField {
  readonly name: string;
  readonly type: string;
  readonly optional?: boolean;
  readonly nested?: readonly CatalogField[];
}

/** One documented push; a selector has several rows when the push comes in several variants. */
export interface CatalogRow {
  readonly id: string;
  readonly product: string;
  readonly msgType: string | null;
  readonly event: string | null;
  readonly changeType?: string;
  readonly infoType?: string;
  readonly variant?: string;
  readonly legacy?: boolean;
  readonly deadlineMs?: number;
  readonly evidence: "official" | "sdk";
  readonly reply: string;
  readonly fields: readonly CatalogField[];
  readonly source: string;
  readonly note?: string;
}

/** What a selector fixes: the values that stand as literals in its type. */
export interface Kind {
  readonly msgType?: string | undefined;
  readonly event?: string | undefined;
  readonly changeType?: string | undefined;
  readonly infoType?: string | undefined;
}

/** A field of a push after its variants were merged. `types` are the catalog's, each once. */
export interface Field {
  readonly name: string;
  readonly types: readonly string[];
  readonly optional: boolean;
  readonly repeated: boolean;
  readonly nested: readonly Field[] | undefined;
}

/** What one selector stands for, in one product or in several. */
export interface Push {
  readonly products: readonly string[];
  /** Without the product: `text`, `event:CLICK`, `info:authorized`. */
  readonly selector: string;
  readonly kind: Kind;
  readonly rows: readonly CatalogRow[];
  readonly fields: readonly Field[];
}

/** Reads the rows of a catalog file, in its order. */
export async function readCatalog(path: string): Promise<readonly CatalogRow[]> {
  const rows: CatalogRow[] = JSON.parse(await readFile(path, "utf8"));
  return rows;
}

/**
 * The pushes of one product, one per selector, in the catalog's order.
 *
 * A row with a `ChangeType` counts for two selectors: `event:Event:ChangeType` and `event:Event`, which stands for
 * all changes.
 */
export function pushesOf(product: string, catalog: readonly CatalogRow[]): Push[] {
  const rows = catalog.filter((row) => row.product === product);
  if (rows.length === 0) throw new Error(`The catalog has no rows of the product "${product}".`);
  const bySelector = new Map<string, { kind: Kind; rows: CatalogRow[] }>();
  for (const row of rows) {
    for (const kind of kindsOf(row)) {
      const selector = selectorOf(kind);
      const group = bySelector.get(selector) ?? { kind, rows: [] };
      group.rows.push(row);
      bySelector.set(selector, group);
    }
  }
  return [...bySelector].map(([selector, group]) => ({
    products: [product],
    selector,
    ...group,
    fields: mergeFields(group.rows.map((row) => row.fields.map(toField))),
  }));
}

/** What a bare selector stands for when several products have it: only what all of them require is required. */
export function sharedPush(pushes: readonly [Push, ...Push[]]): Push {
  const [{ selector, kind }] = pushes;
  return {
    products: pushes.flatMap((push) => push.products),
    selector,
    kind,
    rows: pushes.flatMap((push) => push.rows),
    fields: mergeFields(pushes.map((push) => push.fields)),
  };
}

/** The dotted paths of the elements that repeat, outer ones first. */
export function repeatedPaths(fields: readonly Field[], parent = ""): string[] {
  return fields.flatMap((field) => {
    const path = `${parent}${field.name}`;
    return [...(field.repeated ? [path] : []), ...repeatedPaths(field.nested ?? [], `${path}.`)];
  });
}

function kindsOf({ msgType, event, changeType, infoType }: CatalogRow): Kind[] {
  if (infoType !== undefined) return [{ infoType }];
  const all: Kind = { msgType: msgType ?? undefined, event: event ?? undefined };
  return changeType === undefined ? [all] : [all, { ...all, changeType }];
}

function selectorOf({ msgType, event, changeType, infoType }: Kind): string {
  if (infoType !== undefined) return `info:${infoType}`;
  if (event !== undefined)
    return changeType === undefined ? `event:${event}` : `event:${event}:${changeType}`;
  if (msgType !== undefined) return msgType;
  throw new Error("A row of the catalog has neither msgType nor event nor infoType.");
}

function toField({ name, type, optional = false, nested }: CatalogField): Field {
  return {
    name,
    types: [type.replace(/^array<(.*)>$/, "$1")],
    optional,
    repeated: type.startsWith("array<"),
    nested: nested?.map(toField),
  };
}

/** Merges the field lists of variants: what is not in every one becomes optional. */
function mergeFields(variants: readonly (readonly Field[])[]): Field[] {
  const byName = Map.groupBy(variants.flat(), (field) => field.name);
  return [...byName].map(([name, found]) => {
    const nested = found.map((field) => field.nested).filter((fields) => fields !== undefined);
    const repeated = found.filter((field) => field.repeated);
    // A parser that must make an array of an element cannot ask which variant it reads.
    if (
      (nested.length > 0 && nested.length < found.length) ||
      (repeated.length > 0 && repeated.length < found.length)
    ) {
      throw new Error(`The catalog describes the element "${name}" of one push in two shapes.`);
    }
    return {
      name,
      types: [...new Set(found.flatMap((field) => field.types))],
      optional: found.length < variants.length || found.some((field) => field.optional),
      repeated: repeated.length > 0,
      nested: nested.length > 0 ? mergeFields(nested) : undefined,
    };
  });
}
