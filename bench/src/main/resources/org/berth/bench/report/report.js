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
  // A peer too slow to compare comes first.
  const ratio = one => one.figure.ratio === null ? (verdict === 'LOST' ? 0 : Infinity) : one.figure.ratio;
  return found.sort((a, b) => ratio(a) === ratio(b) ? 0 : (ratio(a) < ratio(b)) === (verdict === 'LOST') ? -1 : 1);
}

function list(found) {
  return el('ul', {class: 'list'}, found.map(one => el('li', {},
    el('span', {class: 'chip ' + CLASSES[one.figure.verdict]}, SIGNS[one.figure.verdict] + (one.figure.ratio === null ? 'too slow' : timesText(one.figure.ratio))),
    el('a', {href: '#' + one.id}, one.label, el('small', {}, one.where)))));
}

/** Every change from a folder to the next: of costs, and of calls under a load or in a growing map. */
function allChanges() {
  const found = [];
  const add = (id, label, where, folder, change) => found.push({id, label, where: where + ' – ' + shortName(folder), change});
  const addCalls = (id, label, where, folder, changes) => {
    if (!changes) return;
    add(id, label, 'p50, ' + where, folder, changes.p50);
    add(id, label, 'p99.9, ' + where, folder, changes.p999);
  };
  for (const costs of data.costs) {
    for (const row of costs.rows) {
      row.cells.forEach((cells, index) => cells.forEach((cell, column) => {
        if (cell && cell.change) add(costs.id, row.label, costs.title + ', ' + threadsText(costs.threads[column]), costs.folders[index], cell.change);
      }));
    }
  }
  for (const latency of data.latency) {
    for (const line of latency.lines) addCalls(latency.id, line.implementation, title(latency.load), latency.folder, line.changes);
  }
  for (const growth of data.growth) {
    for (const group of growth.groups) addCalls(growth[group.what], group.map, group.what + ', ' + (group.presized ? 'room from the start' : 'growing'), growth.folder, group.changes);
  }
  return found;
}

/** What differs from the folder before by more than noise. */
function changes() {
  const all = allChanges();
  if (all.length === 0) return null;
  const found = all.filter(one => !one.change.within);
  const unknown = all.filter(one => !one.change.known).length;
  found.sort((a, b) => Math.abs(Math.log(b.change.times)) - Math.abs(Math.log(a.change.times)));
  const slower = found.filter(one => one.change.times > 1).length;
  const item = one => el('li', {},
    el('span', {class: 'chip ' + (one.change.times > 1 ? 'lost' : 'won')}, (one.change.times > 1 ? '▼ ' : '▲ ') + timesText(one.change.times)),
    el('a', {href: '#' + one.id}, one.label, el('small', {}, one.where)));
  const counts = [(found.length - slower) + ' faster', slower + ' slower', (all.length - found.length - unknown) + ' within noise'].concat(unknown ? [unknown + ' with unknown noise'] : []);
  return el('section', {class: 'card'}, el('h3', {}, 'What changed from folder to folder'),
    el('p', {class: 'muted'}, counts.join(', ') + '. A cost is within noise if the intervals overlap, none taken to be narrower than the noise floor; calls are if the ranges of the rounds overlap. Each as a multiple of the one before, ▲ faster, ▼ slower:'),
    found.length ? el('ul', {class: 'list'}, found.slice(0, SHOWN).map(item)) : el('p', {}, 'Nothing beyond noise.'),
    found.length > SHOWN ? details((found.length - SHOWN) + ' more', el('ul', {class: 'list'}, found.slice(SHOWN).map(item))) : null);
}

/** Targets, where a run has measured them. */
function targets() {
  const folders = data.folders.filter(folder => folder.targets.some(target => target.reached !== null));
  if (folders.length === 0) return;
  heading('Targets', 'Set before the measurement. A verdict goes by the figure itself, and says so where the bound is within its error.');
  for (const folder of folders) {
    const measured = folder.targets.filter(target => target.reached !== null);
    const missed = measured.filter(target => !target.reached).length;
    const rest = folder.targets.length - measured.length;
    section(folders.length > 1 ? shortName(data.folders.indexOf(folder)) : 'Reached and missed',
      el('p', {class: 'muted'}, (measured.length - missed) + ' reached, ' + missed + ' missed' + (rest ? ', ' + rest + ' not measured in this run' : '') + '.'),
      table(['target', 'wanted', 'measured', ''], measured.map(target => ({cells: [target.what, target.wanted, target.measured,
        el('span', {class: 'chip ' + (target.reached ? 'won' : 'lost')}, (target.reached ? '▲ ' : '▼ ') + target.verdict)]})), [0, 3]));
  }
}

/** Whether the folder has a peer to compare with. */
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
      el('div', {}, el('h3', {}, link(folder, '')), el('ul', {}, (machines.size === 1 ? [] : folder.summary).concat(folder.facts).map(text => el('li', {class: text.startsWith('Not to be published') ? 'lost' : ''}, text)))), counts));
  });
  page.append(...cards);
  const changed = changes();
  if (changed) page.append(changed);
  data.folders.forEach((folder, index) => {
    if (!judges(folder, index)) return;
    const of = data.folders.filter(judges).length > 1 ? ' – ' + shortName(index) : '';
    const lost = judged(index, 'LOST');
    const won = judged(index, 'WON');
    if (lost.length + won.length === 0) return;
    page.append(el('div', {},
      el('section', {class: 'card'}, el('h3', {}, 'What Berth loses' + of), lost.length ? list(lost.slice(0, 2 * SHOWN)) : el('p', {class: 'muted'}, 'Nothing in this run.'),
        lost.length > 2 * SHOWN ? details((lost.length - 2 * SHOWN) + ' more', list(lost.slice(2 * SHOWN))) : null),
      el('section', {class: 'card'}, el('h3', {}, 'What Berth wins' + of), won.length ? list(won.slice(0, SHOWN)) : el('p', {class: 'muted'}, 'Nothing in this run.'),
        won.length > SHOWN ? details((won.length - SHOWN) + ' more', list(won.slice(SHOWN))) : null)));
  });
}

function machines() {
  heading('Machines and raw data');
  for (const folder of data.folders) {
    const list = files => el('ul', {class: 'files'}, files.map(file => el('li', {}, link(folder, file, file.replace('profiles/', '')))));
    const profiles = folder.files.filter(file => file.startsWith('profiles/'));
    const files = folder.files.filter(file => !profiles.includes(file));
    section(folder.name, el('pre', {}, folder.machine.join('\n')),
      profiles.length > 0 ? el('div', {}, el('h4', {}, 'Profiles'), el('p', {class: 'muted'}, 'From separate runs, whose times are in no table.'), list(profiles)) : null,
      files.length > 12 ? details(files.length + ' files', list(files)) : list(files));
  }
}

page.replaceChildren();
contents.append(el('strong', {}, 'Berth measured'), el('a', {href: '#'}, 'Summary'));
const head = el('div');
costSections();
latencySections();
growthSections();
tableSections();
targets();
machines();
// Built last, as it links to the sections; placed first.
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
