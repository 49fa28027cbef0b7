import { countOf, readCart } from './cart.ts';

function showCount(): void {
  const badge = document.querySelector('#cart-count');
  if (badge !== null) badge.textContent = String(countOf(readCart()));
}

window.addEventListener('cart', showCount);
showCount();
