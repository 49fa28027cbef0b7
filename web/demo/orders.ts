import './header.ts';
import './rating.ts';
import './shop.css';
import { priceOf } from './cart.ts';
import { productOf } from './catalog.ts';
import { pounds } from './money.ts';
import { element } from './page.ts';
import { type Order, readOrders } from './placed.ts';

const list = element('orders', HTMLElement);
const thanks = element('thanks', HTMLElement);
const dialog = element('details', HTMLDialogElement);
const number = element('details-number', HTMLElement);
const items = element('details-items', HTMLElement);
const where = element('details-where', HTMLElement);

function row(order: Order): HTMLElement {
  const tr = document.createElement('tr');
  tr.innerHTML = `<td>${order.number}</td>
    <td>${new Date(order.placed).toLocaleDateString('en-GB')}</td>
    <td><span class="status">${order.status}</span></td>
    <td class="amount">${pounds(priceOf(order.cart).total)}</td>
    <td><button class="button quiet">Details</button></td>`;
  tr.querySelector('button')?.addEventListener('click', () => open(order));
  return tr;
}

function open(order: Order): void {
  number.textContent = String(order.number);
  where.textContent = order.to;
  items.replaceChildren(
    ...Object.entries(order.cart).map(([id, count]) => {
      const item = document.createElement('li');
      item.textContent = `${count} × ${productOf(id)?.name ?? id}`;
      return item;
    }),
  );
  dialog.showModal();
}

const placed = new URLSearchParams(location.search).get('placed');
if (placed !== null) {
  thanks.hidden = false;
  thanks.textContent = `Thank you! Order ${placed} is being packed.`;
}
list.replaceChildren(...readOrders().map(row));
element('details-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
