'use strict';
// What the page is built of: elements, texts and empty charts.

const data = JSON.parse(document.getElementById('data').textContent);
const page = document.getElementById('page');
const contents = document.getElementById('contents');
const charts = [];
const several = data.folders.filter(folder => folder.compare).length > 1;

/** Lists of those that have the same key, in the order of the first of each. */
function grouped(all, key) {
  const groups = new Map();
  for (const one of all) groups.set(key(one), (groups.get(key(one)) || []).concat([one]));
  return [...groups.values()];
}

/** Texts become text nodes, so that no name in the data can be taken for markup. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== '') node.setAttribute(name, value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}

/** What folders have in common at the front of their names, up to a hyphen, tells none of them from another. */
const common = (() => {
  const names = data.folders.map(folder => folder.name);
  let end = names.length > 1 ? names[0].lastIndexOf('-') + 1 : 0;
  const halfADate = () => /(^|-)\d{4}-(\d\d-)?$/.test(names[0].slice(0, end));
  while (end > 0 && (halfADate() || !names.every(name => name.length > end && name.startsWith(names[0].slice(0, end))))) {
    end = names[0].lastIndexOf('-', end - 2) + 1;
  }
  return end;
})();

/** A folder's name where it stands beside those of the others. */
const shortName = index => data.folders[index].name.slice(common);

const DASH = '–';

/** Three digits that count. */
function digits(value) {
  if (value === null || value === undefined) return '?';
  const size = Math.abs(value);
  if (size > 0 && size < 0.0095) return value.toFixed(Math.ceil(-Math.log10(size)));
  if (size >= 1000) return Math.round(value).toLocaleString('en').replace(/,/g, ' ');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.095 || size === 0 ? 2 : 3);
}

function duration(nanos) {
  if (nanos === null || nanos === undefined) return DASH;
  for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (nanos >= size) return trim(nanos / size) + ' ' + unit;
  }
  return trim(nanos) + ' ns';
}

function trim(value) {
  return String(Number(value.toPrecision(3)));
}

const threadsText = count => count + (count === 1 ? ' thread' : ' threads');
const timesText = ratio => digits(ratio) + ' ×';
const SIGNS = {WON: '▲ ', LOST: '▼ ', NO_DIFFERENCE: '≈ ', NONE: ''};
const CLASSES = {WON: 'won', LOST: 'lost', NO_DIFFERENCE: '', NONE: ''};
const WORDS = {WON: 'won', LOST: 'lost', NO_DIFFERENCE: 'no difference', NONE: ''};

function section(title, ...children) {
  const id = 's' + (contents.querySelectorAll('a').length + 1);
  contents.append(el('a', {href: '#' + id}, title));
  const node = el('section', {class: 'card', id}, el('h3', {}, title), ...children);
  page.append(node);
  return node;
}

function heading(title, about) {
  contents.append(el('strong', {}, title));
  page.append(el('h2', {}, title), about ? el('p', {class: 'muted'}, about) : '');
}

function table(head, rows, texts) {
  const kind = i => ({class: texts.includes(i) ? 'text' : ''});
  return el('div', {class: 'scroll'}, el('table', {},
    el('thead', {}, el('tr', {}, head.map((cell, i) => el('th', kind(i), cell)))),
    el('tbody', {}, rows.map(row => el('tr', {class: row.berth ? 'berth' : ''},
      row.cells.map((cell, i) => el('td', kind(i), cell)))))));
}

const details = (title, ...children) => el('details', {}, el('summary', {}, title), ...children);

const link = (folder, file, text) => el('a', {
  href: (folder.link + '/' + file).split('/').map((part, i) => i === 0 && part.endsWith(':') ? part : encodeURIComponent(part)).join('/')
}, text || file || folder.name);

const css = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

/** Of Okabe and Ito, without the yellow, which is not seen on white; blue is Berth's. */
const PALETTE = ['#e08a00', '#009e73', '#c565a0', '#c9501c', '#7c6bc4', '#7d8896', '#4aa8a0'];
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];
const known = [];

/** The same colour for the same name all over the page. */
function color(name, berth) {
  if (berth) return css('berth');
  if (!known.includes(name)) known.push(name);
  return PALETTE[known.indexOf(name) % PALETTE.length];
}

function chart(height, option, caption) {
  const node = el('div', {class: 'chart', style: 'height:' + height(1000) + 'px'});
  charts.push({node, height, option, instance: null});
  return el('figure', {}, caption ? el('figcaption', {}, caption) : null, node);
}

function draw() {
  let drawn = 0;
  for (const one of charts) {
    if (one.instance) one.instance.dispose();
    const width = one.node.clientWidth;
    one.node.style.height = one.height(width) + 'px';
    one.instance = echarts.init(one.node, null, {renderer: 'svg'});
    one.instance.setOption(Object.assign({
      animation: false,
      textStyle: {fontFamily: getComputedStyle(document.body).fontFamily, color: css('ink')},
      tooltip: tooltip()
    }, one.option(width)));
    drawn++;
  }
  document.documentElement.dataset.charts = String(drawn);
}

const pen = document.createElement('canvas').getContext('2d');

/** Of a label at the size that charts write them. */
function textWidth(text) {
  pen.font = '12.5px ' + getComputedStyle(document.body).fontFamily;
  return Math.ceil(pen.measureText(text).width);
}

const ruler = () => ({lineStyle: {color: css('line')}});
const legend = () => ({top: 0, left: 0, itemWidth: 20, itemGap: 12, textStyle: {color: css('ink'), fontSize: 12}});
const tooltip = () => ({
  backgroundColor: css('surface'), borderColor: css('line'), textStyle: {color: css('ink'), fontSize: 13}, confine: true
});
const axisText = () => ({color: css('muted'), fontSize: 12});

function tip(lines) {
  return el('div', {}, lines.map((text, i) => el('div', i === 0 ? {style: 'font-weight:600'} : {}, text)));
}

/** Powers of ten around the values. */
function decades(values) {
  const positive = values.filter(value => value > 0);
  return [10 ** Math.floor(Math.log10(Math.min(...positive)) - 0.02), 10 ** Math.ceil(Math.log10(Math.max(...positive)) + 0.02)];
}

/** The next round number. */
function roundUp(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(step => step * unit >= value);
}
