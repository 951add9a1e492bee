// The page itself. What the figures say (won, lost, within noise) was decided before: here is nothing but looks.

/** Every comparison of a folder with one verdict: the clearest first. */
function judged(folder, verdict) {
  const found = [];
  for (const costs of data.costs) {
    const index = costs.folders.indexOf(folder);
    if (index < 0) continue;
    for (const row of costs.rows) {
      row.cells[index].forEach((cell, column) => {
        if (cell && cell.figure.verdict === verdict) {
          found.push({id: costs.id, label: row.label, where: costs.title + ', ' + threadsText(costs.threads[column]), figure: cell.figure});
        }
      });
    }
  }
  for (const latency of data.latency) {
    if (latency.folder !== folder) continue;
    for (const line of latency.lines) {
      if (line.verdict === verdict) {
        found.push({id: latency.id, label: line.implementation, where: 'p99.9, ' + title(latency.load), figure: line});
      }
    }
  }
  // What is too slow to be compared is the clearest of all.
  const ratio = one => one.figure.ratio === null ? (verdict === 'LOST' ? 0 : Infinity) : one.figure.ratio;
  return found.sort((a, b) => ratio(a) === ratio(b) ? 0 : (ratio(a) < ratio(b)) === (verdict === 'LOST') ? -1 : 1);
}

function list(found) {
  return el('ul', {class: 'list'}, found.map(one => el('li', {},
    el('span', {class: 'chip ' + CLASSES[one.figure.verdict]}, SIGNS[one.figure.verdict] + (one.figure.ratio === null ? 'too slow' : timesText(one.figure.ratio))),
    el('a', {href: '#' + one.id}, one.label, el('small', {}, one.where)))));
}

/** What differs from the folder before by more than noise. */
function changes() {
  const found = [];
  let within = 0;
  for (const costs of data.costs) {
    for (const row of costs.rows) {
      row.cells.forEach((cells, index) => cells.forEach((cell, column) => {
        if (!cell || !cell.change) return;
        if (cell.change.within) within++;
        else found.push({costs, row, change: cell.change, threads: costs.threads[column], folder: data.folders[costs.folders[index]].name});
      }));
    }
  }
  if (found.length + within === 0) return null;
  found.sort((a, b) => Math.abs(Math.log(b.change.times)) - Math.abs(Math.log(a.change.times)));
  const slower = found.filter(one => one.change.times > 1).length;
  const item = one => el('li', {},
    el('span', {class: 'chip ' + (one.change.times > 1 ? 'lost' : 'won')}, (one.change.times > 1 ? '▼ ' : '▲ ') + timesText(one.change.times)),
    el('a', {href: '#' + one.costs.id}, one.row.label, el('small', {}, one.costs.title + ', ' + threadsText(one.threads) + ' – ' + one.folder)));
  return el('section', {class: 'card'}, el('h3', {}, 'What changed from folder to folder'),
    el('p', {class: 'muted'}, within + ' figures within noise, as the intervals overlap; ' + (found.length - slower) + ' faster, ' + slower + ' slower. The cost as a multiple of the one before, ▲ faster, ▼ slower:'),
    el('ul', {class: 'list'}, found.slice(0, SHOWN).map(item)),
    found.length > SHOWN ? details((found.length - SHOWN) + ' more', el('ul', {class: 'list'}, found.slice(SHOWN).map(item))) : null);
}

/** Whether there is a peer in it to win against or to lose to. */
const judges = (folder, index) => folder.compare || data.latency.some(one => one.folder === index && one.lines.some(line => line.verdict !== 'NONE'));

const SHOWN = 10;

function summary() {
  page.append(el('h1', {}, 'Berth measured'));
  const machines = new Set(data.folders.map(folder => folder.summary.join()));
  if (machines.size === 1) page.append(el('p', {class: 'machine muted'}, data.folders[0].summary.flatMap(line => [line, el('br')])));
  const cards = [];
  data.folders.forEach((folder, index) => {
    const counts = judges(folder, index) ? el('div', {class: 'counts'}, ['WON', 'LOST', 'NO_DIFFERENCE'].map(verdict =>
      el('div', {}, el('b', {class: CLASSES[verdict]}, String(judged(index, verdict).length)), el('span', {}, WORDS[verdict])))) : null;
    cards.push(el('section', {class: 'card folder'},
      el('div', {}, el('h3', {}, link(folder, '')), el('ul', {}, (machines.size === 1 ? [] : folder.summary).concat(folder.facts).map(text => el('li', {}, text)))), counts));
  });
  page.append(...cards);
  const changed = changes();
  if (changed) page.append(changed);
  data.folders.forEach((folder, index) => {
    if (!judges(folder, index)) return;
    const of = data.folders.filter(judges).length > 1 ? ' – ' + folder.name : '';
    const lost = judged(index, 'LOST');
    const won = judged(index, 'WON');
    page.append(el('div', {},
      el('section', {class: 'card'}, el('h3', {}, 'What Berth loses' + of), lost.length ? list(lost) : el('p', {class: 'muted'}, 'Nothing in this run.')),
      el('section', {class: 'card'}, el('h3', {}, 'What Berth wins' + of), won.length ? list(won.slice(0, SHOWN)) : el('p', {class: 'muted'}, 'Nothing in this run.'),
        won.length > SHOWN ? details((won.length - SHOWN) + ' more', list(won.slice(SHOWN))) : null)));
  });
}

function machines() {
  heading('Machines and raw data');
  for (const folder of data.folders) {
    section(folder.name, el('pre', {}, folder.machine.join('\n')),
      folder.files.length > 12
        ? details(folder.files.length + ' files', el('ul', {class: 'files'}, folder.files.map(file => el('li', {}, link(folder, file)))))
        : el('ul', {class: 'files'}, folder.files.map(file => el('li', {}, link(folder, file)))));
  }
}

page.replaceChildren();
contents.append(el('strong', {}, 'Berth measured'), el('a', {href: '#'}, 'Summary'));
const head = el('div');
costSections();
latencySections();
growthSections();
machines();
// Last, as it links to the sections; it stands first.
const body = [...page.childNodes];
page.replaceChildren(head);
summary();
page.append(...body);
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
let width = innerWidth;
let waiting = 0;
addEventListener('resize', () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(draw, 150);
});
