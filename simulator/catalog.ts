/** The catalog of pushes as the simulator uses it: samples to start from, and which fields are written as numbers. */
import catalog from "../src/protocol/pushes/catalog.json" with { type: "json" };

/** One documented push of an Official Account; a push that comes in several variants has several rows. */
export interface CatalogRow {
  readonly product: string;
  readonly msgType: string | null;
  readonly event: string | null;
  readonly variant?: string;
  readonly fields: readonly CatalogField[];
  readonly sampleXml?: string;
}

/** One element of a push, by the catalog's types: `string int int64 float bool timestamp object`, or `array<…>` of one. */
export interface CatalogField {
  readonly name: string;
  readonly type: string;
  readonly nested?: readonly CatalogField[];
}

const PRODUCT = "oa";
const NUMERIC = /^(?:array<)?(?:int|int64|float|timestamp|bool)>?$/;

// Widened once: the type that the compiler infers of 416 unlike objects is of no use to anybody.
const rows: readonly CatalogRow[] = catalog;

const bySelector = Map.groupBy(
  rows.filter((row) => row.product === PRODUCT && row.sampleXml !== undefined),
  ({ msgType, event }) => (event === null ? String(msgType) : `event:${event}`),
);

/** Selectors of all pushes that the catalog knows: `text`, `event:CLICK` … */
export const CATALOGUED: readonly string[] = [...bySelector.keys()];

/** The sample of a push, in the variant of that name or else the ordinary one. */
export function sampleXml(selector: string, variant?: string): string | undefined {
  return bySelector.get(selector)?.find((row) => row.variant === variant)?.sampleXml;
}

/** Names of a push's variants besides the ordinary one. */
export function variantsOf(selector: string): readonly string[] {
  return (bySelector.get(selector) ?? []).flatMap(({ variant }) => variant ?? []);
}

/** Dotted paths of the fields that WeChat writes as bare numbers; everything else stands in CDATA. */
export function numericPaths(selector: string): ReadonlySet<string> {
  const paths = new Set(["CreateTime", "MsgId"]);
  const collect = (fields: readonly CatalogField[], prefix: string): void => {
    for (const { name, type, nested } of fields) {
      if (NUMERIC.test(type)) paths.add(prefix + name);
      if (nested) collect(nested, `${prefix}${name}.`);
    }
  };
  for (const row of bySelector.get(selector) ?? []) collect(row.fields, "");
  return paths;
}
