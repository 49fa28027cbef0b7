import './header.ts';
import './shop.css';
import './checkout.css';
import { drawing } from './art.ts';
import { keepCart, priceOf, readCart, withMore } from './cart.ts';
import { productOf } from './catalog.ts';
import { pounds } from './money.ts';
import { element } from './page.ts';
import { placeOrder } from './placed.ts';

const form = element('checkout', HTMLFormElement);
const lines = element('lines', HTMLElement);
const sums = element('sums', HTMLElement);
const password = element('password', HTMLInputElement);
const reveal = element('reveal', HTMLButtonElement);
const gift = element('gift', HTMLInputElement);
const note = element('note-field', HTMLElement);
const place = element('place', HTMLButtonElement);

function showCart(): void {
  const cart = readCart();
  const { goods, delivery, total } = priceOf(cart);
  lines.replaceChildren(...Object.entries(cart).map(([id, count]) => line(id, count)));
  if (goods === 0)
    lines.innerHTML = '<p>Your cart is empty. <a href="index.html">Look around</a>.</p>';
  sums.innerHTML = `<dt>Goods</dt><dd>${pounds(goods)}</dd>
    <dt>Delivery</dt><dd>${delivery === 0 ? 'free' : pounds(delivery)}</dd>
    <dt>Total</dt><dd>${pounds(total)}</dd>`;
  place.disabled = goods === 0;
}

function line(id: string, count: number): HTMLElement {
  const product = productOf(id);
  const row = document.createElement('div');
  row.className = 'line';
  if (product === undefined) return row;
  row.innerHTML = `${drawing(product.shape, product.tint)}<span>${product.name}</span>
    <span class="count"><button type="button" aria-label="one less">−</button>${count}<button
    type="button" aria-label="one more">+</button></span><strong>${pounds(product.cents * count)}</strong>`;
  const [less, more] = row.querySelectorAll('button');
  less?.addEventListener('click', () => keepCart(withMore(readCart(), id, -1)));
  more?.addEventListener('click', () => keepCart(withMore(readCart(), id, 1)));
  return row;
}

reveal.addEventListener('click', () => {
  const hidden = password.type === 'password';
  password.type = hidden ? 'text' : 'password';
  reveal.textContent = hidden ? 'Hide' : 'Show';
});

gift.addEventListener('change', () => {
  note.hidden = !gift.checked;
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const order = placeOrder(readCart(), `${data.get('street')}, ${data.get('town')}`);
  keepCart({});
  location.href = `orders.html?placed=${order.number}`;
});

window.addEventListener('cart', showCart);
showCart();
