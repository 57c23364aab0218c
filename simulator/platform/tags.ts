/** The account's tags, and who bears them. */

/** A tag as `tags/get` tells it. */
export interface Tag {
  readonly id: number;
  readonly name: string;
}

/** The tag that every account has: 星标组. */
const STARRED: Tag = { id: 2, name: "星标组" };
/** Ids that cannot be changed: 未分组, 黑名单 and 星标组. */
export const SYSTEM_TAG_IDS: ReadonlySet<number> = new Set([0, 1, 2]);
const FIRST_ID = 100;

/** Tags of one account. */
export class TagBook {
  readonly #tags = new Map<number, Tag>([[STARRED.id, STARRED]]);
  /** Ids of a user's tags, in the order in which they were given. */
  readonly #borne = new Map<string, readonly number[]>();
  #nextId = FIRST_ID;

  all(): readonly Tag[] {
    return [...this.#tags.values()];
  }

  find(id: number): Tag | undefined {
    return this.#tags.get(id);
  }

  create(name: string): Tag {
    const tag = { id: this.#nextId++, name };
    this.#tags.set(tag.id, tag);
    return tag;
  }

  rename(id: number, name: string): void {
    this.#tags.set(id, { id, name });
  }

  /** Nobody bears the tag any more. */
  remove(id: number): void {
    this.#tags.delete(id);
    for (const openid of this.#borne.keys()) this.take(openid, id);
  }

  /** Ids of the tags that a user bears. */
  of(openid: string): readonly number[] {
    return this.#borne.get(openid) ?? [];
  }

  give(openid: string, id: number): void {
    const borne = this.of(openid);
    if (!borne.includes(id)) this.#borne.set(openid, [...borne, id]);
  }

  take(openid: string, id: number): void {
    this.#borne.set(
      openid,
      this.of(openid).filter((one) => one !== id),
    );
  }
}
