import type { Cart } from './cart.ts';

export interface Order {
  readonly number: number;
  readonly placed: string;
  readonly cart: Cart;
  readonly to: string;
  readonly status: 'Packing' | 'On its way' | 'Delivered';
}

const KEY = 'ember-orders';

/** What a returning customer finds. */
const EARLIER: readonly Order[] = [
  {
    number: 1042,
    placed: '2025-09-03T09:12:00Z',
    cart: { ridge: 2, mug: 1 },
    to: '4 Quay Street, Whitby',
    status: 'On its way',
  },
  {
    number: 1017,
    placed: '2025-06-21T17:40:00Z',
    cart: { dripper: 1, harbour: 1 },
    to: '4 Quay Street, Whitby',
    status: 'Delivered',
  },
];

export function readOrders(): readonly Order[] {
  const kept = localStorage.getItem(KEY);
  return kept === null ? EARLIER : (JSON.parse(kept) as Order[]);
}

export function placeOrder(cart: Cart, to: string): Order {
  const orders = readOrders();
  const number = Math.max(...orders.map((order) => order.number)) + 1;
  const order: Order = { number, placed: new Date().toISOString(), cart, to, status: 'Packing' };
  localStorage.setItem(KEY, JSON.stringify([order, ...orders]));
  return order;
}
