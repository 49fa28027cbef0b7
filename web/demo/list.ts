import './header.ts';
import './rating.ts';
import './shop.css';
import { drawing } from './art.ts';
import { keepCart, readCart, withMore } from './cart.ts';
import { CATEGORIES, categoryNamed, choose, type Product } from './catalog.ts';
import { pounds } from './money.ts';
import { element } from './page.ts';

const filters = element('filters', HTMLElement);
const words = element('words', HTMLInputElement);
const order = element('order', HTMLSelectElement);
const grid = element('products', HTMLElement);
const found = element('found', HTMLElement);
const toast = element('toast', HTMLElement);

const category = () => categoryNamed(new URLSearchParams(location.search).get('category'));

for (const name of CATEGORIES) {
  const button = document.createElement('button');
  button.className = 'chip';
  button.textContent = name;
  button.addEventListener('click', () => {
    history.pushState(null, '', name === 'All' ? '?' : `?category=${name.toLowerCase()}`);
    show();
  });
  filters.append(button);
}

function show(): void {
  const current = category();
  document.title = current === 'All' ? 'Ember & Oak' : `${current} · Ember & Oak`;
  for (const chip of filters.querySelectorAll('button')) {
    chip.setAttribute('aria-pressed', String(chip.textContent === current));
  }
  const chosen = sorted(choose(current, words.value));
  found.textContent = chosen.length === 1 ? '1 thing' : `${chosen.length} things`;
  grid.replaceChildren(...chosen.map(card));
}

function sorted(products: readonly Product[]): Product[] {
  const by: Record<string, (a: Product, b: Product) => number> = {
    cheap: (a, b) => a.cents - b.cents,
    dear: (a, b) => b.cents - a.cents,
    rated: (a, b) => b.rating - a.rating,
  };
  return [...products].sort(by[order.value]);
}

function card(product: Product): HTMLElement {
  const article = document.createElement('article');
  article.className = 'card';
  article.innerHTML = `${drawing(product.shape, product.tint)}
    <h2>${product.name}</h2>
    <p>${product.blurb}</p>
    <star-rating value="${product.rating}"></star-rating>
    <div class="row"><strong>${pounds(product.cents)}</strong><button class="button">Add to cart</button></div>`;
  article.querySelector('.button')?.addEventListener('click', () => {
    keepCart(withMore(readCart(), product.id, 1));
    tell(`${product.name} is in your cart.`);
  });
  return article;
}

let hide = 0;

function tell(text: string): void {
  toast.textContent = text;
  toast.classList.add('shown');
  window.clearTimeout(hide);
  hide = window.setTimeout(() => toast.classList.remove('shown'), 2_500);
}

words.addEventListener('input', show);
order.addEventListener('change', show);
window.addEventListener('popstate', show);
show();
