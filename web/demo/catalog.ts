import type { Shape } from './art.ts';

export const CATEGORIES = ['All', 'Brew', 'Grind', 'Drink', 'Beans'] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: Exclude<Category, 'All'>;
  readonly cents: number;
  readonly rating: number;
  readonly blurb: string;
  readonly shape: Shape;
  readonly tint: string;
}

export const PRODUCTS: readonly Product[] = [
  {
    id: 'kettle',
    name: 'Gooseneck kettle, 0.9 l',
    category: 'Brew',
    cents: 6900,
    rating: 5,
    blurb: 'A slow, exact pour, over gas or embers.',
    shape: 'kettle',
    tint: '#3d5a6c',
  },
  {
    id: 'dripper',
    name: 'Stoneware dripper',
    category: 'Brew',
    cents: 3200,
    rating: 4,
    blurb: 'Thrown by hand in Kent. Takes size 2 papers.',
    shape: 'dripper',
    tint: '#b5651d',
  },
  {
    id: 'press',
    name: 'Travel press',
    category: 'Brew',
    cents: 4450,
    rating: 4,
    blurb: 'Steel, double-walled, survives a fall.',
    shape: 'press',
    tint: '#4a5240',
  },
  {
    id: 'grinder',
    name: 'Hand grinder No. 3',
    category: 'Grind',
    cents: 11800,
    rating: 5,
    blurb: 'Conical burrs, forty steps, one quiet minute.',
    shape: 'grinder',
    tint: '#6b4f3a',
  },
  {
    id: 'scale',
    name: 'Pocket scale',
    category: 'Grind',
    cents: 2950,
    rating: 3,
    blurb: 'To a tenth of a gram, with a timer.',
    shape: 'scale',
    tint: '#5b5f6b',
  },
  {
    id: 'mug',
    name: 'Enamel mug',
    category: 'Drink',
    cents: 1400,
    rating: 5,
    blurb: 'The one everybody borrows and nobody returns.',
    shape: 'mug',
    tint: '#a63d40',
  },
  {
    id: 'ridge',
    name: 'Ridge blend, 1 kg',
    category: 'Beans',
    cents: 2800,
    rating: 4,
    blurb: 'Cocoa, hazelnut and a little smoke.',
    shape: 'bag',
    tint: '#7a4b2a',
  },
  {
    id: 'harbour',
    name: 'Harbour light roast, 500 g',
    category: 'Beans',
    cents: 1900,
    rating: 4,
    blurb: 'Apricot, black tea, early mornings.',
    shape: 'bag',
    tint: '#c98b2b',
  },
];

export function productOf(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

/** The products of a category whose name or blurb holds the words looked for. */
export function choose(category: Category, words: string): readonly Product[] {
  const folded = words.trim().toLowerCase();
  return PRODUCTS.filter(
    ({ name, blurb, category: own }) =>
      (category === 'All' || own === category) && `${name} ${blurb}`.toLowerCase().includes(folded),
  );
}

export function categoryNamed(name: string | null): Category {
  return CATEGORIES.find((category) => category.toLowerCase() === name) ?? 'All';
}
