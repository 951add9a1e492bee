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

const conditions = load => load.gc + ', ' + load.arrivals + ' arrivals, ' + (load.neighbour ? 'with a neighbour that keeps the machine busy' : 'no neighbour') + ', ' + load.seconds + ' s a round';
const lineName = line => line.implementation + (line.reached ? '' : ', rate not reached');
const pointsOf = lines => lines.flatMap(line => line.percentiles.points.map(point => point[1]));

function tailChart(lines) {
  const range = decades(lines.flatMap(line => line.seconds.filter(second => second).flatMap(second => [second[1], second[2]])));
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
  return chart(() => 340, option, 'The tail of each second: p99.9 (line), maximum (dotted).');
}

const HEAD = ['p50', 'p99', 'p99.9', 'p99.99', 'max'];
const figures = p => (p ? [p.p50, p.p99, p.p999, p.p9999, p.max] : [null, null, null, null, null]).map(duration);

const highestName = line => line.implementation + (data.highest.some(one => one.round > 1) ? ', round ' + line.round : '');

function highestSections() {
  if (data.highest.length === 0) return;
  heading('The highest rate with a short tail', 'Operations per second on each thread, up to which 99.9 % of them end within the bound from the moment they fall due. Found by halving; the next rate tried was too much.');
  const groups = new Map();
  for (const one of data.highest) {
    const name = one.setting + ', p99.9 within ' + duration(one.boundMicros * 1000) + (data.folders.length > 1 ? ' – ' + data.folders[one.folder].name : '');
    groups.set(name, (groups.get(name) || []).concat(one));
  }
  for (const [name, lines] of groups) {
    section(name, chart(() => 40 + lines.length * 34, () => bars(lines.map(highestName), lines.map(line => ({
      value: line.rate, itemStyle: {color: color(line.implementation, line.berth)}
    })), value => value === 0 ? 'none' : digits(value) + '/s')),
    details('Figures', table(['implementation', 'rate', 'too much'], lines.map(line => ({
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
  heading('Latency under a fixed rate', 'From the moment an operation falls due to its end, so that whatever holds up others counts. A dashed line did not keep up with its rate: its times grow for as long as it runs, and say only that.');
  latencyOverview();
  const many = new Set(data.latency.map(one => one.folder)).size > 1;
  for (const latency of data.latency) {
    const folder = data.folders[latency.folder];
    const lines = latency.lines.filter(line => line.percentiles);
    const rounds = Math.max(...latency.lines.map(line => line.rounds.length));
    const about = conditions(latency.load) + (rounds > 1 ? ', ' + rounds + ' rounds, one after the other' : '') + (many ? ' – ' + folder.name : '');
    const body = [el('p', {class: 'muted'}, about)];
    if (lines.length > 0) {
      const drawn = lines.map(line => ({
        name: lineName(line), map: line.implementation, berth: line.berth, dashed: !line.reached, points: line.percentiles.points
      }));
      body.push(el('div', {class: 'pair'},
        percentileChart(drawn, decades(pointsOf(lines)), 'So many percent take at most so long.', 340), tailChart(lines)));
    }
    body.push(table(['implementation'].concat(HEAD, ['p99.9 by round', 'p99.9 to Berth', 'operations', 'raw data']), latency.lines.map(line => ({
      berth: line.berth,
      cells: [lineName(line)].concat(figures(line.percentiles), [
        line.rounds.map(duration).join(', '), line.ratio === null ? DASH : el('span', {class: CLASSES[line.verdict]}, SIGNS[line.verdict] + timesText(line.ratio)),
        line.reached ? digits(line.done) : el('span', {class: 'lost'}, '▼ ' + digits(line.done) + ' of ' + digits(line.scheduled)),
        el('span', {}, line.files.flatMap((file, i) => [i ? ' ' : '', el('a', {href: link(folder, file).getAttribute('href')}, String(i + 1))]))])
    })), [0]));
    latency.id = section(title(latency.load), ...body).id;
  }
}

function latencyOverview() {
  const names = [...new Set(data.latency.flatMap(latency => latency.lines.map(line => line.implementation)))];
  const rows = data.latency.map(latency => {
    const find = name => latency.lines.find(line => line.implementation === name);
    const best = Math.min(...latency.lines.filter(line => line.percentiles && line.reached).map(line => line.percentiles.p999));
    return {cells: [loadText(latency.load), latency.load.arrivals, latency.load.gc, latency.load.neighbour ? 'yes' : 'no'].concat(names.map(name => {
      const line = find(name);
      if (!line || !line.percentiles) return DASH;
      if (!line.reached) return el('span', {class: 'lost'}, '▼ ' + duration(line.percentiles.p999));
      return line.percentiles.p999 === best ? el('b', {}, duration(best)) : duration(line.percentiles.p999);
    }))};
  });
  section('All loads: p99.9', el('p', {class: 'muted'}, 'The shortest of each row is bold; ▼ did not reach its rate. A peer counts as won or lost against Berth’s first line if the p99.9 of no round of one lies among those of the other.'),
    table(['load', 'arrivals', 'GC', 'neighbour'].concat(names), rows, [0, 1, 2, 3]));
}

function growthSections() {
  if (data.growth.length === 0) return;
  heading('While a map grows', 'One thread inserts, another reads random keys of those that are there; times are from a call to its return. Two lines of one colour are rounds of the same: they differ by noise alone.');
  for (const growth of data.growth) {
    for (const what of ['reads', 'inserts']) {
      const all = growth.lines.filter(line => line.what === what);
      const range = decades(pointsOf(all));
      const panels = [false, true].map(presized => {
        const lines = all.filter(line => line.presized === presized);
        return lines.length === 0 ? null : percentileChart(lines.map(line => ({
          name: line.map, map: line.map, berth: line.berth, dashed: false, points: line.percentiles.points
        })), range, el('b', {}, presized ? 'Room from the start' : 'Growing'), 350);
      });
      section(what === 'reads' ? 'Reads' : 'Inserts', el('p', {class: 'muted'}, 'So many percent of the calls take at most so long.'),
        el('div', {class: 'pair'}, panels), growthTable(growth, all));
    }
    bytes(growth);
  }
}

function growthTable(growth, lines) {
  return details('Figures', table(['map', 'room', 'round', 'calls'].concat(HEAD, ['raw data']), lines.map(line => ({
    berth: line.berth,
    cells: [line.map, line.presized ? 'from the start' : 'growing', String(line.round), digits(line.percentiles.count)].concat(figures(line.percentiles), [link(data.folders[growth.folder], line.file)])
  })), [0, 1]));
}

function bytes(growth) {
  const lines = growth.lines.filter(line => line.what === 'reads' && line.bytesPerEntry !== null);
  const without = [...new Set(growth.lines.filter(line => line.bytesPerEntry === null).map(line => line.map))];
  if (lines.length === 0) return;
  const label = line => line.map + ', ' + (line.presized ? 'room from the start' : 'growing') + ', round ' + line.round;
  const option = () => bars(lines.map(label), lines.map(line => line.bytesPerEntry), value => value.toFixed(1));
  section('Bytes per entry', el('p', {class: 'muted'}, 'Off the heap, on average over the last doubling.' + (without.length ? ' Not measured: ' + without.join(', ') + '.' : '')),
    chart(() => 40 + lines.length * 30, option));
}
