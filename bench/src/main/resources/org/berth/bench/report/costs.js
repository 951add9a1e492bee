// What an operation costs: bars, throughput and figures of each table.

const upper = cell => cell.figure.nanos + (cell.figure.error || 0);
const lower = cell => cell.figure.nanos - (cell.figure.error || 0);
const SPREAD = 12;
const PANEL = 285;
const VALUES = 168;

/** A panel for each number of threads, each with its bars at the left and their values in a column at the right. */
function costChart(costs) {
  const folders = costs.folders.length;
  const names = Math.min(300, 26 + Math.max(...costs.rows.map(row => textWidth(row.label))));
  const rowHeight = folders === 1 ? 27 : 10 + 18 * folders;
  const all = costs.rows.flatMap(row => row.cells.flat()).filter(cell => cell);
  const nanos = all.map(cell => cell.figure.nanos);
  const log = Math.max(...nanos) > SPREAD * Math.min(...nanos);
  // Room to the left of the shortest bar, too: where a logarithmic axis begins is arbitrary.
  const range = log ? [10 ** Math.floor(Math.log10(Math.min(...nanos) / 3)), Math.max(...all.map(upper)) * 1.1] : [0, roundUp(Math.max(...all.map(upper)))];
  // Bars on a logarithmic axis begin at 1, which is therefore made the axis' begin.
  const unit = log ? range[0] : 1;
  const caption = 'Nanoseconds per operation on one thread, less is better' + (log ? '; logarithmic scale' : '') + '.';
  return chart(width => layout(width).height, option, caption);

  /** Panels stand in one line as long as there is room and they have the same rows, whose names stand once then. */
  function layout(width) {
    const room = Math.max(1, Math.min(costs.threads.length, Math.floor((width - names) / PANEL)));
    const panels = [];
    let place = 0;
    let top = 26;
    costs.threads.forEach((threads, column) => {
      const rows = costs.rows.filter(row => row.cells.some(cells => cells[column]));
      const before = panels.at(-1);
      if (before && (place + 1 === room || rows.length !== before.rows.length || rows.some((row, i) => row !== before.rows[i]))) {
        top += before.rows.length * rowHeight + 62;
        place = 0;
      } else if (before) {
        place++;
      }
      panels.push({column, rows, place, top});
    });
    return {panels, height: top + panels.at(-1).rows.length * rowHeight + 36, width: (width - names) / room};
  }

  function option(width) {
    const {panels, width: panelWidth} = layout(width);
    const bars = Math.min(panelWidth - VALUES, 420);
    const result = {grid: [], xAxis: [], yAxis: [], series: [], title: []};
    for (const panel of panels) {
      const {column, rows, place, top} = panel;
      const left = names + place * panelWidth;
      result.title.push({
        text: threadsText(costs.threads[column]), left: left - 4, top: top - 26,
        textStyle: {fontSize: 13, fontWeight: 600, color: css('ink')}, padding: [2, 4]
      });
      result.grid.push({left, top, width: bars, height: rows.length * rowHeight});
      result.xAxis.push({
        gridIndex: column, type: log ? 'log' : 'value', min: range[0] / unit, max: range[1] / unit, splitNumber: 3, splitLine: ruler(),
        axisLabel: Object.assign(axisText(), {hideOverlap: true, showMaxLabel: log ? false : null, formatter: v => v === 0 ? '0' : duration(v * unit)})
      });
      const category = {gridIndex: column, type: 'category', inverse: true, data: rows.map(row => row.label), axisTick: {show: false}};
      result.yAxis.push(Object.assign({}, category, {
        axisLine: ruler(),
        axisLabel: {
          show: place === 0, width: names - 14, overflow: 'break', lineHeight: 14, fontSize: 12.5, interval: 0,
          color: (label, index) => rows[index].berth ? css('berth') : css('ink')
        }
      }));
      result.yAxis.push(Object.assign({}, category, {position: 'right', axisLine: {show: false}, axisLabel: values(panel)}));
      costs.folders.forEach((folder, index) => result.series.push(bar(panel, index), whiskers(panel, index)));
    }
    return result;
  }

  function values({column, rows}) {
    const style = (name, weight) => ({color: css(name), fontWeight: weight, fontSize: 12});
    return {
      interval: 0, margin: 6, align: 'left', lineHeight: 18,
      rich: {WON: style('won', 600), LOST: style('lost', 600), NO_DIFFERENCE: style('muted', 400), NONE: style('muted', 400), v: style('ink', 400), none: style('muted', 400)},
      formatter: (label, index) => rows[index].cells.map(cells => {
        const cell = cells[column];
        if (!cell) return '{none|' + DASH + '}';
        const figure = cell.figure;
        const ratio = figure.ratio === null ? '' : ' {' + figure.verdict + '|' + SIGNS[figure.verdict] + timesText(figure.ratio) + '}';
        return '{v|' + digits(figure.nanos) + ' ± ' + digits(figure.error) + '}' + ratio;
      }).join('\n')
    };
  }

  function bar({column, rows}, index) {
    const shade = 0.4 + 0.6 * (index + 1) / folders;
    return {
      type: 'bar', xAxisIndex: column, yAxisIndex: 2 * column, barCategoryGap: '26%', barGap: '12%',
      name: shortName(costs.folders[index]),
      data: rows.map(row => {
        const cell = row.cells[index][column];
        return {
          value: cell ? cell.figure.nanos / unit : null,
          itemStyle: {color: row.berth ? css('berth') : css('peer'), opacity: folders === 1 ? 1 : shade, borderRadius: [0, 2, 2, 0]}
        };
      }),
      tooltip: {formatter: at => costTip(costs, rows[at.dataIndex], index, column)}
    };
  }

  function whiskers({column, rows}, index) {
    return {
      type: 'custom', xAxisIndex: column, yAxisIndex: 2 * column, silent: true, z: 5, clip: true,
      data: rows.map((row, i) => [i, row.cells[index][column]])
        .filter(([, cell]) => cell && cell.figure.error !== null)
        .map(([i, cell]) => [Math.max(range[0], lower(cell)) / unit, Math.min(range[1], upper(cell)) / unit, i]),
      encode: {x: [0, 1], y: 2},
      renderItem: (params, api) => {
        const layout = api.barLayout({barCategoryGap: '26%', barGap: '12%', count: folders})[index];
        const from = api.coord([api.value(0), api.value(2)]);
        const to = api.coord([api.value(1), api.value(2)]);
        const y = from[1] + layout.offsetCenter;
        const line = (x1, y1, x2, y2) => ({
          type: 'line', shape: {x1, y1, x2, y2}, style: {stroke: css('ink'), lineWidth: 1.2, opacity: 0.75}
        });
        return {type: 'group', children: [
          line(from[0], y, to[0], y), line(from[0], y - 3, from[0], y + 3), line(to[0], y - 3, to[0], y + 3)
        ]};
      }
    };
  }
}

function costTip(costs, row, index, column) {
  const cell = row.cells[index][column];
  const figure = cell.figure;
  const lines = [row.label, threadsText(costs.threads[column]) + ': ' + digits(figure.nanos) + ' ± ' + digits(figure.error) + ' ns/op'];
  if (costs.folders.length > 1) lines.push(shortName(costs.folders[index]));
  if (figure.ratio !== null) lines.push(timesText(figure.ratio) + ' ± ' + digits(figure.ratioError) + ' of “' + row.baseline + '”' + (WORDS[figure.verdict] ? ': ' + WORDS[figure.verdict] : ''));
  if (cell.throughput !== null) lines.push(digits(cell.throughput) + ' M operations/s of all threads');
  if (cell.change) lines.push(changeText(cell.change));
  return tip(lines);
}

function changeWord(change) {
  return !change.known ? 'noise not known' : change.within ? 'within noise' : change.times < 1 ? 'faster' : 'slower';
}

const changeText = change => timesText(change.times) + ', ' + changeWord(change);

/** The relative difference of a repeated measurement. */
function noiseText(costs) {
  const many = costs.folders.length > 1;
  const parts = costs.noise.flatMap((ofFolder, index) => ofFolder.map((noise, column) => noise === 0 ? null
    : (100 * noise).toFixed(1) + ' % (' + threadsText(costs.threads[column]) + (many ? ', ' + shortName(costs.folders[index]) : '') + ')')).filter(text => text);
  return parts.length === 0 ? null : el('p', {class: 'muted'}, 'Noise floor, from a repeated measurement: ' + parts.join(', ') + '. No difference below it is called one.');
}

/** Of the last folder that has the table; where one thread is measured and more, and all do the same. */
function throughputChart(costs) {
  const last = costs.folders.length - 1;
  const rows = costs.rows.filter(row => row.cells[last].filter(cell => cell && cell.throughput !== null).length > 1);
  if (rows.length === 0) return null;
  const values = rows.flatMap(row => row.cells[last]).filter(cell => cell).map(cell => cell.throughput);
  const log = Math.max(...values) > SPREAD * Math.min(...values);
  const range = log ? decades(values) : [0, null];
  const option = width => ({
    grid: {left: 62, right: Math.min(330, width * 0.42), top: 14, bottom: 28},
    legend: {
      type: 'scroll', orient: 'vertical', left: width - Math.min(310, width * 0.4), top: 8, bottom: 8,
      textStyle: {color: css('ink'), fontSize: 12, width: Math.min(270, width * 0.36), overflow: 'truncate'}, pageTextStyle: {color: css('muted')}
    },
    xAxis: {type: 'category', data: costs.threads.map(threadsText), axisLine: ruler(), axisTick: {show: false}, axisLabel: axisText()},
    yAxis: {
      type: log ? 'log' : 'value', min: range[0], max: range[1], splitNumber: 4, splitLine: ruler(),
      axisLabel: Object.assign(axisText(), {formatter: v => v >= 1000 ? trim(v / 1000) + ' G/s' : trim(v) + ' M/s'})
    },
    series: rows.map((row, i) => ({
      type: 'line', name: row.label, symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 8, connectNulls: true,
      lineStyle: {width: row.berth ? 3 : 1.6, type: row.berth && row.baseline ? 'dashed' : 'solid'}, z: row.berth ? 4 : 2,
      color: row.berth ? css('berth') : PALETTE[i % PALETTE.length],
      data: row.cells[last].map(cell => cell ? cell.throughput : null),
      tooltip: {formatter: at => {
        const cell = row.cells[last][at.dataIndex];
        return tip([row.label, threadsText(costs.threads[at.dataIndex]) + ': ' + digits(cell.throughput) + ' M operations/s', scalingText(cell)]);
      }}
    }))
  });
  const of = costs.folders.length > 1 ? ', ' + shortName(costs.folders[last]) : '';
  return chart(() => 42 + Math.max(110, rows.length * 24), option, 'Million operations per second of all threads together, more is better' + (log ? '; logarithmic scale' : '') + of + '.');
}

function scalingText(cell) {
  return cell.speedup === null ? DASH : timesText(cell.speedup) + ' one thread, ' + Math.round(100 * cell.efficiency) + ' % of the CPUs’ ideal';
}

function costTable(costs) {
  const many = costs.folders.length > 1;
  const scaling = costs.threads.length > 1;
  const head = ['implementation', many ? 'folder' : null, 'threads', 'ns/op', many ? 'change' : null, 'ratio to Berth', 'B/op', 'M op/s', scaling ? 'speed-up' : null, scaling ? 'efficiency' : null];
  const rows = [];
  for (const row of costs.rows) {
    costs.threads.forEach((threads, column) => costs.folders.forEach((folder, index) => {
      const cell = row.cells[index][column];
      if (!cell) return;
      const figure = cell.figure;
      const ratio = figure.ratio === null ? DASH : el('span', {class: CLASSES[figure.verdict]},
        SIGNS[figure.verdict] + digits(figure.ratio) + ' ± ' + digits(figure.ratioError) + (WORDS[figure.verdict] ? ', ' + WORDS[figure.verdict] : ''));
      const cells = [row.label, many ? shortName(folder) : null, String(threads), digits(figure.nanos) + ' ± ' + digits(figure.error),
        many ? (cell.change ? changeText(cell.change) : DASH) : null, ratio, figure.bytes,
        cell.throughput === null ? DASH : digits(cell.throughput),
        scaling ? (cell.speedup === null ? DASH : timesText(cell.speedup)) : null,
        scaling ? (cell.efficiency === null ? DASH : Math.round(100 * cell.efficiency) + ' %') : null];
      rows.push({berth: row.berth, cells: cells.filter((cell, i) => head[i] !== null)});
    }));
  }
  return details('Figures', table(head.filter(title => title !== null), rows, many ? [0, 1] : [0]));
}

function costSections() {
  if (data.costs.length === 0) return;
  heading('What an operation costs', 'The ratio is the cost of a peer divided by Berth’s: ▲ above 1 Berth wins, ▼ below 1 it loses, ≈ the 99.9 % confidence interval holds 1 and there is no difference. Whiskers are that interval. The figures do not show what a peer guarantees for its cost.');
  const key = [el('span', {}, el('i', {style: 'background:var(--berth)'}), 'Berth'), el('span', {}, el('i', {style: 'background:var(--peer)'}), 'peers')];
  if (several) key.push(el('span', {}, 'If a table has several folders, the first is the palest: ' + data.folders.flatMap((folder, i) => folder.compare ? [shortName(i)] : []).join(', ')));
  page.append(el('div', {class: 'key'}, key));
  for (const costs of data.costs) {
    costs.node = section(costs.title, el('p', {class: 'muted'}, costs.about), costChart(costs), noiseText(costs), throughputChart(costs), costTable(costs));
    costs.id = costs.node.id;
  }
}
