/** What the page does: it shows what the filter says, and opens what a link leads to. */
export const script = `
'use strict';
const form = document.querySelector('form.filter');
const entries = [...document.querySelectorAll('[data-verdict]')];
function choose() {
  const data = new FormData(form);
  const verdicts = data.getAll('verdict');
  const wanted = data.get('document');
  const level = data.get('level');
  const words = data.get('words').toLowerCase().split(/\\s+/);
  for (const entry of entries) {
    const text = entry.firstElementChild.textContent.toLowerCase();
    entry.hidden = !verdicts.includes(entry.dataset.verdict)
      || (wanted !== '' && !entry.dataset.documents.split(' ').includes(wanted))
      || (level !== '' && !entry.dataset.levels.split(' ').includes(level))
      || !words.every((word) => text.includes(word));
  }
  for (const chapter of document.querySelectorAll('.chapter')) {
    chapter.hidden = chapter.querySelector('[data-verdict]:not([hidden])') === null;
  }
}
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  target.hidden = false;
  if (target.parentElement.matches('.chapter')) target.parentElement.hidden = false;
  target.open = true;
  target.scrollIntoView();
}
form.addEventListener('input', choose);
form.addEventListener('submit', (event) => event.preventDefault());
addEventListener('hashchange', follow);
choose();
follow();
`;
