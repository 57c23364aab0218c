/** The push types, the selectors and their table in the docs, from the catalog. */
import { join } from "node:path";
import { type CatalogRow, type Push, pushesOf, readCatalog, sharedPush } from "./catalog.ts";
import { interfacesModule } from "./interfaces.ts";
import { assertUnique, interfaceName } from "./names.ts";
import { type PushModule, type SelectorEntry, selectorsModule } from "./selectors.ts";
import { tableDocument } from "./table.ts";

/** The products whose types are generated, by the catalog's names. Another product is one more entry. */
const PRODUCTS = ["oa"] as const;

/** The products that push the classic XML: a selector without a product means these. */
const CLASSIC_PRODUCTS = ["oa", "mini", "component", "wecom-app"] as const;

/** The module of the types that several classic products share. */
const SHARED_MODULE = "classic";

const FOLDER = "src/protocol/pushes";

/**
 * The generated files by their path in the repository, unformatted.
 *
 * @param root the repository's folder
 * @param products which products get types; the ones of this project when left out
 */
export async function pushFiles(
  root: string,
  products: readonly string[] = PRODUCTS,
): Promise<(readonly [path: string, source: string])[]> {
  const catalog = await readCatalog(join(root, FOLDER, "catalog.json"));
  const modules = products.map((product) => productModule(product, catalog));
  const shared = sharedModule(modules);
  const withTypes = shared.pushes.length === 0 ? modules : [...modules, shared];
  assertUnique(
    withTypes.flatMap(({ module, pushes }) =>
      pushes.map(({ name, selector }) => ({ name, key: `${module}/${selector}` })),
    ),
  );
  return [
    ...withTypes.map(({ module, pushes }) => [`${FOLDER}/${module}.ts`, interfacesModule(pushes)] as const),
    [
      `${FOLDER}/selectors.ts`,
      selectorsModule(modules, [...bareEntries(modules, shared), ...modules.flatMap(prefixedEntries)]),
    ] as const,
    ["docs/pushes.md", tableDocument(modules)] as const,
  ];
}

function productModule(product: string, catalog: readonly CatalogRow[]): PushModule {
  const pushes = pushesOf(product, catalog);
  return {
    module: product,
    pushes: pushes.map((push) => ({ ...push, name: interfaceName(product, push.kind) })),
  };
}

function isClassic(product: string): boolean {
  return CLASSIC_PRODUCTS.some((classic) => classic === product);
}

/** The classic pushes by selector, with the modules that have each. */
function classicPushes(modules: readonly PushModule[]): Map<string, [Push, ...Push[]]> {
  const bySelector = new Map<string, [Push, ...Push[]]>();
  for (const push of modules.filter(({ module }) => isClassic(module)).flatMap(({ pushes }) => pushes)) {
    const others = bySelector.get(push.selector);
    if (others === undefined) bySelector.set(push.selector, [push]);
    else others.push(push);
  }
  return bySelector;
}

function sharedModule(modules: readonly PushModule[]): PushModule {
  const shared = [...classicPushes(modules).values()].filter((pushes) => pushes.length > 1).map(sharedPush);
  return {
    module: SHARED_MODULE,
    pushes: shared.map((push) => ({ ...push, name: interfaceName(SHARED_MODULE, push.kind) })),
  };
}

function bareEntries(modules: readonly PushModule[], shared: PushModule): SelectorEntry[] {
  const own = modules.filter(({ module }) => isClassic(module));
  // The shared types come last, so that they take the place of the products' own.
  const bySelector = new Map<string, SelectorEntry>();
  for (const { module, pushes } of [...own, shared]) {
    for (const { selector, name } of pushes) bySelector.set(selector, { selector, module, name });
  }
  return [...bySelector.values()];
}

function prefixedEntries({ module, pushes }: PushModule): SelectorEntry[] {
  return pushes.map(({ selector, name }) => ({ selector: `${module}/${selector}`, module, name }));
}
