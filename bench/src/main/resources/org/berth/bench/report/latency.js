// How long calls take: under a fixed rate, and while a map grows.

/** x is the number of nines: 1 is 90 %, 3 is 99.9 %. */
function ninesText(nines) {
  return (100 * (1 - 10 ** -nines)).toFixed(Math.max(0, nines - 2));
}

const nearly = nines => (100 * (1 - 10 ** -nines)).toFixed(Math.max(1, Math.ceil(nines) - 1));

function percentileChart(lines, range, caption, height) {
  const furthest = Math.max(...lines.flatMap(line => line.points.map(point => point[0])));
  const option = () => ({
    grid: {left: 62, right: 30, top: 58, bottom: 28},
    legend: legend(),
    tooltip: Object.assign(tooltip(), {
      trigger: 'axis', axisPointer: {lineStyle: {color: css('muted')}, snap: false},
      formatter: found => tip([nearly(found[0].axisValue) + ' % take at most'].concat(found.map(at => at.seriesName + ': ' + duration(at.value[1]))))
    }),
    xAxis: {
      type: 'value', min: 0, max: Math.ceil(furthest), interval: 1, splitLine: ruler(),
      axisLabel: Object.assign(axisText(), {formatter: ninesText, hideOverlap: true, fontSize: 11})
    },
    yAxis: {type: 'log', min: range[0], max: range[1], splitLine: ruler(), axisLabel: Object.assign(axisText(), {formatter: duration})},
    series: lines.map(line => ({
      type: 'line', name: line.name, data: line.points, showSymbol: false, symbol: 'circle', symbolSize: 5, z: line.berth ? 4 : 2,
      color: color(line.map, line.berth), lineStyle: {width: line.berth ? 2.8 : 1.8, type: line.dashed ? 'dashed' : 'solid'}
    }))
  });
  return chart(() => height, option, caption);
}

const loadText = load => load.workload + ', ' + digits(load.rate) + '/s on each of ' + threadsText(load.threads);
const vary = field => new Set(data.latency.map(one => one.load[field])).size > 1;

/** With what tells it from other loads of the same rate. */
function title(load) {
  return [loadText(load), vary('gc') ? load.gc : '', vary('arrivals') ? load.arrivals + ' arrivals' : '', vary('neighbour') && load.neighbour ? 'with a neighbour' : '']
    .filter(text => text).join(', ');
}

const conditions = load => load.gc + ', ' + load.arrivals + ' arrivals, ' + (load.neighbour ? 'with a noisy neighbour' : 'no neighbour') + ', ' + load.seconds + ' s a round';
const lineName = line => line.implementation + (line.reached ? '' : ', rate not reached');
const pointsOf = lines => lines.flatMap(line => line.percentiles.points.map(point => point[1]));

const tailsOf = lines => lines.flatMap(line => line.seconds.filter(second => second).flatMap(second => [second[1], second[2]]));

function tailChart(lines, range, caption) {
  const series = [];
  lines.forEach((line, i) => {
    const base = {
      type: 'line', name: lineName(line), color: color(line.implementation, line.berth), symbol: SYMBOLS[i % SYMBOLS.length], z: line.berth ? 4 : 2
    };
    const at = column => line.seconds.map(second => second ? [second[0], second[column]] : [null, null]);
    series.push(Object.assign({}, base, {data: at(1), symbolSize: 4, lineStyle: {width: line.berth ? 2.6 : 1.8}, what: 'p99.9'}));
    series.push(Object.assign({}, base, {data: at(2), symbolSize: 5, lineStyle: {width: 1, type: 'dotted'}, what: 'maximum'}));
  });
  const option = () => ({
    grid: {left: 62, right: 30, top: 58, bottom: 28},
    legend: legend(),
    tooltip: Object.assign(tooltip(), {
      formatter: at => tip([at.seriesName, series[at.seriesIndex].what + ' of second ' + trim(at.value[0]) + ': ' + duration(at.value[1])])
    }),
    xAxis: {type: 'value', min: 0, minInterval: 1, splitLine: {show: false}, axisLine: ruler(), axisLabel: Object.assign(axisText(), {formatter: v => v + ' s'})},
    yAxis: {type: 'log', min: range[0], max: range[1], splitLine: ruler(), axisLabel: Object.assign(axisText(), {formatter: duration})},
    series
  });
  return chart(() => 340, option, caption);
}

const HEAD = ['p50', 'p99', 'p99.9', 'p99.99', 'max'];
const figures = p => (p ? [p.p50, p.p99, p.p999, p.p9999, p.max] : [null, null, null, null, null]).map(duration);

/** With what has changed below the figures that are compared. */
function figuresSince(p, changes) {
  return figures(p).map((text, i) => {
    const change = changes && {p50: changes.p50, 'p99.9': changes.p999}[HEAD[i]];
    return change ? el('span', {}, text, el('small', {}, changeText(change))) : text;
  });
}

const highestName = line => line.implementation + (data.highest.some(one => one.round > 1) ? ', round ' + line.round : '');

function highestSections() {
  if (data.highest.length === 0) return;
  heading('The highest rate with a short tail', 'Operations per second on each thread up to which p99.9, from the intended start, stays within the bound. Found by bisection; the next rate tried exceeded it.');
  const groups = new Map();
  for (const one of data.highest) {
    const name = one.setting + ', p99.9 within ' + duration(one.boundMicros * 1000) + (data.folders.length > 1 ? ' – ' + shortName(one.folder) : '');
    groups.set(name, (groups.get(name) || []).concat(one));
  }
  for (const [name, lines] of groups) {
    section(name, chart(() => 40 + lines.length * 34, () => bars(lines.map(highestName), lines.map(line => ({
      value: line.rate, itemStyle: {color: color(line.implementation, line.berth)}
    })), value => value === 0 ? 'none' : digits(value) + '/s')),
    details('Figures', table(['implementation', 'rate', 'exceeded'], lines.map(line => ({
      berth: line.berth, cells: [highestName(line), line.rate === 0 ? 'none' : digits(line.rate), line.exceeded === 0 ? DASH : digits(line.exceeded)]
    })), [0])));
  }
}

/** Horizontal bars with their values. */
function bars(names, values, text) {
  return {
    grid: {left: 250, right: 90, top: 6, bottom: 26},
    xAxis: {type: 'value', min: 0, splitLine: ruler(), axisLabel: Object.assign(axisText(), {hideOverlap: true, formatter: text})},
    yAxis: {type: 'category', inverse: true, data: names, axisTick: {show: false}, axisLine: ruler(), axisLabel: {color: css('ink'), fontSize: 12.5}},
    series: [{
      type: 'bar', barCategoryGap: '28%', data: values, itemStyle: {color: css('berth'), borderRadius: [0, 2, 2, 0]},
      label: {show: true, position: 'right', color: css('ink'), formatter: at => text(at.value)}
    }]
  };
}

function latencySections() {
  highestSections();
  if (data.latency.length === 0) return;
  heading('Latency under a fixed rate', 'From the intended start of an operation to its end (an open loop), so that the delay that one operation causes for others counts. A dashed line did not keep up with its rate: its times grow for as long as it runs, and show only the backlog.');
  latencyOverview();
  for (const group of grouped(data.latency, one => JSON.stringify(one.load))) {
    const {id} = latencySection(group);
    for (const latency of group) latency.id = id;
  }
}

/** One load, as one or more folders have it: on the same axes, so that their charts can be compared. */
function latencySection(group) {
  const load = group[0].load;
  const many = group.length > 1;
  const folderName = latency => shortName(latency.folder);
  const several = new Set(data.latency.map(one => one.folder)).size > 1;
  const rounds = Math.max(...group.flatMap(latency => latency.lines.map(line => line.rounds.length)));
  const about = conditions(load) + (rounds > 1 ? ', ' + rounds + ' rounds, one after the other' : '') + (several && !many ? ' – ' + folderName(group[0]) : '');
  const drawn = group.map(latency => latency.lines.filter(line => line.percentiles));
  const all = drawn.flat();
  const body = [el('p', {class: 'muted'}, about)];
  if (all.length > 0) {
    const points = decades(pointsOf(all));
    const tails = decades(tailsOf(all));
    const caption = (latency, text) => many ? [el('b', {}, folderName(latency)), el('br'), text] : text;
    const left = group.map((latency, i) => drawn[i].length === 0 ? null : percentileChart(drawn[i].map(line => ({
      name: lineName(line), map: line.implementation, berth: line.berth, dashed: !line.reached, points: line.percentiles.points
    })), points, caption(latency, 'Percentage of operations, and the time that they take at most.'), 340));
    const right = group.map((latency, i) => drawn[i].length === 0 ? null : tailChart(drawn[i], tails, caption(latency, 'The tail of each second: p99.9 (line), maximum (dotted).')));
    body.push(el('div', {class: 'pair'}, left.concat(right)));
  }
  body.push(latencyTable(group, many));
  return section(title(load), ...body);
}

function latencyTable(group, many) {
  const head = ['implementation'].concat(many ? ['folder'] : [], HEAD, ['p99.9 by round', 'p99.9 to Berth', 'operations', 'raw data']);
  const names = [...new Set(group.flatMap(latency => latency.lines.map(line => line.implementation)))];
  const rows = names.flatMap(name => group.flatMap(latency => latency.lines.filter(line => line.implementation === name).map(line => ({
    berth: line.berth,
    cells: [lineName(line)].concat(many ? [shortName(latency.folder)] : [], figuresSince(line.percentiles, line.changes), [
      line.rounds.map(duration).join(', '), line.ratio === null ? DASH : el('span', {class: CLASSES[line.verdict]}, SIGNS[line.verdict] + timesText(line.ratio)),
      line.reached ? digits(line.done) : el('span', {class: 'lost'}, '▼ ' + digits(line.done) + ' of ' + digits(line.scheduled)),
      el('span', {}, line.files.flatMap((file, i) => [i ? ' ' : '', el('a', {href: link(data.folders[latency.folder], file).getAttribute('href')}, String(i + 1))]))])
  }))));
  return table(head, rows, many ? [0, 1] : [0]);
}

function latencyOverview() {
  const many = new Set(data.latency.map(one => one.folder)).size > 1;
  const names = [...new Set(data.latency.flatMap(latency => latency.lines.map(line => line.implementation)))];
  const columns = [['load', latency => loadText(latency.load)]]
    .concat(many ? [['folder', latency => shortName(latency.folder)]] : [])
    .concat(vary('arrivals') ? [['arrivals', latency => latency.load.arrivals]] : [])
    .concat(vary('gc') ? [['GC', latency => latency.load.gc]] : [])
    .concat(vary('neighbour') ? [['neighbour', latency => latency.load.neighbour ? 'yes' : 'no']] : []);
  const rows = data.latency.map(latency => {
    const best = Math.min(...latency.lines.filter(line => line.percentiles && line.reached).map(line => line.percentiles.p999));
    return {cells: columns.map(([, text]) => text(latency)).concat(names.map(name => {
      const line = latency.lines.find(one => one.implementation === name);
      if (!line || !line.percentiles) return DASH;
      if (!line.reached) return el('span', {class: 'lost'}, '▼ ' + duration(line.percentiles.p999));
      return line.percentiles.p999 === best ? el('b', {}, duration(best)) : duration(line.percentiles.p999);
    }))};
  });
  section('All loads: p99.9', el('p', {class: 'muted'}, 'The shortest of each row is bold; ▼ did not reach its rate. A peer counts as won or lost against Berth’s first line if the ranges of their rounds do not overlap.'),
    table(columns.map(([name]) => name).concat(names), rows, columns.map((column, i) => i)));
}

function growthSections() {
  if (data.growth.length === 0) return;
  heading('While a map grows', 'One thread inserts, another reads random keys that are present; times are from a call to its return (a closed loop). Two lines of one colour are rounds of one variant: they differ by noise alone.');
  for (const what of ['reads', 'inserts']) {
    const all = data.growth.flatMap(growth => growth.lines.filter(line => line.what === what));
    if (all.length === 0) continue;
    const range = decades(pointsOf(all));
    const panels = data.growth.flatMap(growth => [false, true].map(presized => {
      const lines = growth.lines.filter(line => line.what === what && line.presized === presized);
      return lines.length === 0 ? null : percentileChart(lines.map(line => ({
        name: line.map, map: line.map, berth: line.berth, dashed: false, points: line.percentiles.points
      })), range, el('span', {}, el('b', {}, presized ? 'Room from the start' : 'Growing'), ofFolder(growth)), 350);
    }));
    const node = section(what === 'reads' ? 'Reads' : 'Inserts', el('p', {class: 'muted'}, 'Percentage of calls, and the time that they take at most.'),
      el('div', {class: 'pair'}, panels), data.growth.length > 1 ? growthChanges(what) : null, ...data.growth.map(growth => growthTable(growth, growth.lines.filter(line => line.what === what))));
    for (const growth of data.growth) growth[what] = node.id;
  }
  data.growth.forEach(bytes);
}

const ofFolder = growth => data.growth.length > 1 ? ' – ' + shortName(growth.folder) : '';
const roomText = presized => presized ? 'from the start' : 'growing';

/** The folders one below the other, for each map. */
function growthChanges(what) {
  const groups = data.growth.flatMap(growth => growth.groups.filter(group => group.what === what).map(group => ({growth, group})));
  const rows = grouped(groups, one => one.group.map + one.group.presized).flat().map(({growth, group}) => ({
    berth: group.berth,
    cells: [group.map, roomText(group.presized), shortName(growth.folder), since(group.medians, group.changes && group.changes.p50), since(group.tails, group.changes && group.changes.p999)]
  }));
  return table(['map', 'room', 'folder', 'p50 by round', 'p99.9 by round'], rows, [0, 1, 2]);
}

function since(rounds, change) {
  return el('span', {}, rounds.map(duration).join(', '), change ? el('small', {}, changeText(change)) : null);
}

function growthTable(growth, lines) {
  return details('Figures' + ofFolder(growth), table(['map', 'room', 'round', 'calls'].concat(HEAD, ['raw data']), lines.map(line => ({
    berth: line.berth,
    cells: [line.map, roomText(line.presized), String(line.round), digits(line.percentiles.count)].concat(figures(line.percentiles), [link(data.folders[growth.folder], line.file)])
  })), [0, 1]));
}

function bytes(growth) {
  const lines = growth.lines.filter(line => line.what === 'reads' && line.bytesPerEntry !== null);
  const without = [...new Set(growth.lines.filter(line => line.bytesPerEntry === null).map(line => line.map))];
  if (lines.length === 0) return;
  const label = line => line.map + ', ' + (line.presized ? 'room from the start' : 'growing') + ', round ' + line.round;
  const option = () => bars(lines.map(label), lines.map(line => line.bytesPerEntry), value => value.toFixed(1));
  section('Bytes per entry' + ofFolder(growth), el('p', {class: 'muted'}, 'Off the heap, on average over the last doubling.' + (without.length ? ' Not measured: ' + without.join(', ') + '.' : '')),
    chart(() => 40 + lines.length * 30, option));
}

/** Runs that have a table and, in some cases, a picture of their own. */
function tableSections() {
  if (data.tables.length === 0) return;
  heading('Long calls, and memory over time');
  for (const one of data.tables) {
    const picture = one.svg ? el('div', {class: 'picture'}) : null;
    if (picture) picture.innerHTML = one.svg;
    section(one.title + (data.folders.length > 1 ? ' – ' + shortName(one.folder) : ''), picture,
      table(one.head, one.rows.map(cells => ({cells})), [0, 1, 2]));
  }
}
