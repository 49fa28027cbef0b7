// A page that is an application of its own: addresses change, the document stays.
const find = (id) => document.getElementById(id);
const rows = find('rows');

const late = document.createElement('link');
late.rel = 'stylesheet';
late.href = 'late.css?after=400';
document.head.append(late);

const orders = [
  [104, 12],
  [101, 240],
  [103, 55],
  [102, 7],
];

function show(list) {
  rows.replaceChildren(
    ...list.map(([number, sum]) => {
      const row = document.createElement('tr');
      row.innerHTML = `<td>${number}</td><td class="${sum > 50 ? 'big' : ''}">${sum}</td>`;
      row.addEventListener('click', () => row.classList.toggle('chosen'));
      return row;
    }),
  );
}
show(orders);

find('sort').addEventListener('click', () => {
  const sorted = [...rows.children].sort(
    (a, b) => Number(a.firstChild.textContent) - Number(b.firstChild.textContent),
  );
  rows.append(...sorted);
});

for (const id of ['orders', 'returns']) {
  find(id).addEventListener('click', (event) => {
    event.preventDefault();
    history.pushState({ id }, '', event.target.href);
    find('title').textContent = event.target.textContent;
    document.title = `${event.target.textContent} · Account`;
    show(id === 'orders' ? orders : [[99, 3]]);
  });
}

customElements.define(
  'outer-part',
  class extends HTMLElement {
    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      root.innerHTML = '<p>Outer</p><div><inner-part></inner-part></div>';
    }
  },
);

customElements.define(
  'inner-part',
  class extends HTMLElement {
    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('p { color: rgb(1, 2, 3) }');
      root.adoptedStyleSheets = [sheet];
      root.innerHTML =
        '<p>Inner</p><button>More</button><label><input type="checkbox">Agree</label>';
      root.querySelector('button').addEventListener('click', () => {
        const line = document.createElement('p');
        line.textContent = `Line ${root.querySelectorAll('p').length}`;
        root.append(line);
        sheet.insertRule(`p:nth-child(${root.children.length}) { margin: 1px }`, 0);
      });
    }
  },
);
