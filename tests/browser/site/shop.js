// What shops do: rebuild parts of the page, style by script, shadow roots, addresses without loading.
const find = (id) => document.getElementById(id);
const cards = find('cards');

window.footage ??= (...command) => {
  window.footage.q = [...(window.footage.q ?? []), command];
};
const { visitor } = Object.fromEntries(new URLSearchParams(location.search));
if (visitor) window.footage('identify', visitor, { plan: 'test' });

const sheet = new CSSStyleSheet();
sheet.replaceSync('button { border: 0; background: none } button.lit { color: #c81 }');

customElements.define(
  'rate-it',
  class extends HTMLElement {
    connectedCallback() {
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sheet];
      root.innerHTML = '<style>:host { display: block; height: 32px }</style><slot></slot>';
      for (let star = 1; star <= 5; star += 1) {
        const button = document.createElement('button');
        button.textContent = '★';
        button.addEventListener('click', () => this.rate(star));
        root.append(button);
      }
      const input = document.createElement('input');
      input.dataset.footageUnmask = '';
      input.id = 'inner';
      root.append(input);
      this.rate(Number(this.getAttribute('value')));
    }

    rate(value) {
      this.setAttribute('value', value);
      [...this.shadowRoot.querySelectorAll('button')].forEach((button, at) => {
        button.className = at < value ? 'lit' : '';
      });
    }
  },
);

let added = 0;
find('add').addEventListener('click', () => {
  added += 1;
  const card = document.createElement('article');
  card.className = 'card';
  card.innerHTML = `<h2>Added ${added}</h2><svg width="20" height="20"><circle cx="10" cy="10" r="${4 + added}"/></svg>`;
  card.append(`no. ${added}`);
  cards.prepend(card);
});
find('drop').addEventListener('click', () => cards.lastElementChild.remove());
find('turn').addEventListener('click', () => cards.append(...[...cards.children].reverse()));
find('paint').addEventListener('click', () => {
  const style = document.styleSheets[1];
  style.insertRule(`.painted { outline: ${added + 1}px dashed teal }`, style.cssRules.length);
  sheet.insertRule(`input { width: ${100 + added}px }`);
  find('first').style.setProperty('background-color', `rgb(${added}, 200, 220)`);
  find('first').classList.add('painted', 'chosen');
  find('hills').setAttribute('alt', `Hills, painted ${added}`);
  document.body.className = 'painted-body';
});
find('search').addEventListener('input', (event) => {
  const { value } = event.target;
  find('count').textContent = `${value.length} letters`;
  const word = value.trim().split(' ').at(-1);
  history.pushState(null, '', `?visitor=${visitor ?? ''}&word=${word}`);
  document.title = `${word} · The shop`;
});
find('show').addEventListener('click', () => {
  find('password').type = find('password').type === 'password' ? 'text' : 'password';
});
find('ask').addEventListener('click', () => find('modal').showModal());
find('sure').addEventListener('click', () => {
  find('modal').close();
  find('count').textContent = 'Sure';
});
