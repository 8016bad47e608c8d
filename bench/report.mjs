// What a run has found, as tables and as a chart.

import { FIGURES } from './gate.mjs';

const ratio = ({ median, range }) =>
  `${median.toFixed(2)} (${range.map((end) => end.toFixed(2)).join('–')})`;

/** Medians and ratios. */
export function table({ figures }) {
  const rows = Object.entries(figures).map(([key, figure]) => {
    const { what, digits } = FIGURES[key];
    const values = ['edgewise', 'durable', 'room'].map((name) => figure[name].toFixed(digits));
    const ratios = [figure.to_durable, figure.to_room].map(ratio);
    return `| ${[what, ...values, ...ratios].join(' | ')} |`;
  });
  return [
    '| median | Edgewise | JavaScript object | room | to the object | to the room |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** What travels, gzipped. */
export function weights({ sizes }) {
  const rows = sizes.map(({ what, bytes, bound }) => `| ${what} | ${bytes} | ${bound} |`);
  return ['| gzipped | bytes | bound |', '| --- | --- | --- |', ...rows].join('\n');
}

const WIDTH = 560;
const LEFT = 150;
const ROW = 30;

/** Processor time of a message, as bars. */
export function chart({ figures }) {
  const names = { edgewise: 'Edgewise', durable: 'JavaScript object', room: 'room' };
  const most = Math.max(...Object.keys(names).map((name) => figures.cpu[name]));
  const bars = Object.entries(names).map(([name, label], at) => {
    const [y, long] = [44 + at * ROW, ((WIDTH - LEFT - 80) * figures.cpu[name]) / most];
    const fill = name === 'edgewise' ? '#3b5bdb' : '#868e96';
    return `<text x="${LEFT - 10}" y="${y + 14}" text-anchor="end">${label}</text>
<rect x="${LEFT}" y="${y}" width="${long.toFixed(1)}" height="20" rx="3" fill="${fill}"/>
<text x="${(LEFT + long + 8).toFixed(1)}" y="${y + 14}">${figures.cpu[name].toFixed(3)} ms</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 140" role="img"
 font-family="system-ui, sans-serif" font-size="13" fill="#495057">
<title>Processor time of a message</title>
<rect width="${WIDTH}" height="140" rx="8" fill="#f8f9fa"/>
<text x="16" y="26" font-weight="600">Processor time of a message</text>
${bars.join('\n')}
</svg>
`;
}
