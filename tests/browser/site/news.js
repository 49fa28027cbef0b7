// A list that grows as it is scrolled, is filtered as one types, and changes its colours.
const find = (id) => document.getElementById(id);
const list = find('list');
const theme = find('theme');

function grow(more) {
  for (let each = 0; each < more; each += 1) {
    const item = document.createElement('li');
    item.className = 'card';
    item.textContent = `News ${list.children.length + 1}`;
    list.append(item);
  }
}
grow(20);

addEventListener('scroll', () => {
  const { scrollHeight, scrollTop, clientHeight } = document.documentElement;
  if (scrollHeight - scrollTop - clientHeight < 300 && list.children.length < 60) grow(10);
});

find('filter').addEventListener('input', ({ target }) => {
  for (const item of list.children) item.hidden = !item.textContent.includes(target.value);
  find('state').firstChild.data = `Looking for ${target.value}`;
  history.replaceState(null, '', `#${target.value}`);
});

find('dark').addEventListener('click', () => {
  document.documentElement.className = 'dark';
  theme.textContent = 'main { background: #112; color: #eee } .card { border-color: #445 }';
  const sheet = document.createElement('style');
  document.head.append(sheet);
  sheet.sheet.insertRule('header { background-image: none }');
});

list.addEventListener('click', ({ target }) => target.classList.toggle('chosen'));
