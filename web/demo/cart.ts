import { productOf } from './catalog.ts';

/** How many of each product, by product id. */
export type Cart = Readonly<Record<string, number>>;

const KEY = 'ember-cart';
const FREE_DELIVERY_CENTS = 7500;
const DELIVERY_CENTS = 490;

export function readCart(): Cart {
  return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Cart;
}

/** Keeps the cart and tells every part of the page that shows it. */
export function keepCart(cart: Cart): void {
  localStorage.setItem(KEY, JSON.stringify(cart));
  window.dispatchEvent(new Event('cart'));
}

export function withMore(cart: Cart, id: string, more: number): Cart {
  const count = (cart[id] ?? 0) + more;
  const { [id]: _, ...others } = cart;
  return count > 0 ? { ...others, [id]: count } : others;
}

export function countOf(cart: Cart): number {
  return Object.values(cart).reduce((sum, count) => sum + count, 0);
}

export function priceOf(cart: Cart): { goods: number; delivery: number; total: number } {
  let goods = 0;
  for (const [id, count] of Object.entries(cart)) goods += (productOf(id)?.cents ?? 0) * count;
  const delivery = goods === 0 || goods >= FREE_DELIVERY_CENTS ? 0 : DELIVERY_CENTS;
  return { goods, delivery, total: goods + delivery };
}
