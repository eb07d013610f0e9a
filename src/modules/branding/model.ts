/** Pictures that stand for the server: beside its name, as its app and in the bar of browsers, and where links to it are shown. */
export const brandRoles = ['logo', 'icon', 'banner'] as const;
export type BrandRole = (typeof brandRoles)[number];

/** One of them, as it is stored. */
export interface BrandPicture {
  readonly role: BrandRole;
  readonly key: string;
  readonly type: 'image/png' | 'image/jpeg';
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly blurhash: string | null;
  /** What it shows; only the banner needs it, the others stand beside the name. */
  readonly alt: string;
  readonly updatedAt: Date;
}

/** All of them; null where the server has none of its own. */
export type Brand = Readonly<Record<BrandRole, BrandPicture | null>>;

export const NO_BRAND: Brand = { logo: null, icon: null, banner: null };

export interface BrandRow {
  readonly role: BrandRole;
  readonly picture_key: string | null;
  readonly width: number;
  readonly height: number;
  readonly blurhash: string | null;
  readonly alt: string;
  readonly updated_at: Date;
}

export function brandFromRows(rows: readonly BrandRow[]): Brand {
  const pictures = rows.flatMap(({ role, picture_key: key, width, height, blurhash, alt, updated_at }) => {
    if (key === null) return [];
    const type = role === 'banner' ? ('image/jpeg' as const) : ('image/png' as const);
    return [[role, { role, key, type, width, height, blurhash, alt, updatedAt: updated_at }] as const];
  });
  return { ...NO_BRAND, ...Object.fromEntries(pictures) };
}
