// How figures are written, everywhere: `1,204`, `96.8 %`, `92 kB`, `12 Nov 14:31`, minus −, unknown ·

export const UNKNOWN = '·';

type Maybe<T> = T | null | undefined;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const formats = new Map<number, Intl.NumberFormat>();
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A whole number with thousands set apart. */
export function count(value: Maybe<number | bigint>): string {
  if (typeof value === 'bigint') return minus(value.toLocaleString('en-GB'));
  return number(value, 0);
}

/** A number with a fixed count of decimals, so that a column lines up. */
export function number(value: Maybe<number>, decimals: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text = formatOf(decimals, decimals).format(value);
  return minus(/^-0(\.0+)?$/.test(text) ? text.slice(1) : text);
}

/** A number on its own: `digits` significant ones, no trailing zeros, an exponent when it is very large or small. */
export function compact(value: Maybe<number>, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return number(value, 0);
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return scientific(value, digits - 1);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(formatOf(0, Math.min(decimals, 20)).format(value));
}

/** With its sign: `+0.0098`, `−0.0217`; no difference is `0`. */
export function signed(value: Maybe<number>, decimals: number): string {
  const text = number(value, decimals);
  if (value === null || value === undefined || Number.isNaN(value)) return text;
  if (/^[0.,]+$/.test(text)) return text;
  return value > 0 ? `+${text}` : text;
}

/** `2.4e−7`, `4e−128`; at most `decimals` after the point. */
export function scientific(value: Maybe<number>, decimals = 1): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  if (value === 0) return '0';
  const [mantissa = '', exponent = ''] = value.toExponential(Math.max(0, decimals)).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return minus(`${short}e${exponent.replace('+', '')}`);
}

/** A probability: `0.043`, `4e−128`, `< 1e−300`. */
export function pValue(value: Maybe<number>): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  if (value === 0) return '< 1e−300';
  return value < 0.001 ? scientific(value, 0) : number(value, 3);
}

/** A share between 0 and 1 as per cent: `96.8 %`. Never rounds a remainder away to 0 or 100. */
export function percent(share: Maybe<number>, decimals = 1): string {
  if (share === null || share === undefined || Number.isNaN(share)) return UNKNOWN;
  const least = 10 ** -decimals;
  const value = share * 100;
  if (value > 0 && value < least / 2) return `< ${number(least, decimals)} %`;
  if (value < 100 && value > 100 - least / 2) return `> ${number(100 - least, decimals)} %`;
  return `${number(value, decimals)} %`;
}

/** A size: three significant digits, no trailing zero. */
export function bytes(value: Maybe<number>): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNKNOWN;
  let unit = 0;
  let size = Math.abs(value);
  while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const decimals = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  const text = size
    .toFixed(decimals)
    .replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : decimals > 0 ? '' : zeros));
  return `${value < 0 ? '−' : ''}${text} ${BYTE_UNITS[unit] ?? 'PB'}`;
}

/** How long something took or will take. */
export function duration(secs: Maybe<number>): string {
  if (secs === null || secs === undefined || Number.isNaN(secs)) return UNKNOWN;
  if (secs === 0) return '0 s';
  if (secs < 1e-3) return `${round(secs * 1e6)} µs`;
  if (secs < 0.1) return `${round(secs * 1e3)} ms`;
  if (secs < 59.95) return `${number(secs, 1)} s`;
  const whole = Math.round(secs);
  if (whole < 3600) return pair(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(whole / 3600);
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** What is left to wait, in whole units: nobody waits for tenths. */
export function timeLeft(secs: Maybe<number>): string {
  if (secs === null || secs === undefined || Number.isNaN(secs)) return '';
  if (secs < 59.5) return `${Math.max(1, Math.round(secs))} s left`;
  return `${duration(Math.round(secs))} left`;
}

/** `12 Nov 14:31` in this year, `12 Nov 2025` in another. `at` is ISO 8601 text, a Date, or milliseconds. */
export function dateTime(at: Maybe<string | number | Date>, now: Date = new Date()): string {
  const date = toDate(at);
  if (!date) return UNKNOWN;
  const day = `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`;
  return date.getFullYear() === now.getFullYear() ? `${day} ${clock(date)}` : `${day} ${date.getFullYear()}`;
}

/** `14:31` today, `12 Nov` this year, `12 Nov 2025` otherwise: for narrow columns. */
export function dateShort(at: Maybe<string | number | Date>, now: Date = new Date()): string {
  const date = toDate(at);
  if (!date) return UNKNOWN;
  if (date.toDateString() === now.toDateString()) return clock(date);
  const day = `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`;
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/** `14:02:11`. */
export function timeOfDay(at: Maybe<string | number | Date>): string {
  const date = toDate(at);
  return date ? `${clock(date)}:${two(date.getSeconds())}` : UNKNOWN;
}

/** The first eight digits of a hash; the whole one belongs in a title. */
export function shortHash(hash: Maybe<string>): string {
  if (!hash) return UNKNOWN;
  const [scheme, digits] = hash.includes(':') ? (hash.split(':', 2) as [string, string]) : ['', hash];
  return `${scheme ? `${scheme}:` : ''}${digits.slice(0, 8)}`;
}

/** `1 row`, `344 rows`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** How many decimals a column needs so that every value keeps `digits` significant ones, but never over `most`. */
export function decimalsFor(values: Iterable<number | null | undefined>, digits = 4, most = 6): number {
  let needed = 0;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value) || Number.isInteger(value)) continue;
    const own = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
    const text = Math.abs(value).toFixed(Math.min(own, most));
    const kept = text.includes('.') ? text.replace(/0+$/, '').length - text.indexOf('.') - 1 : 0;
    needed = Math.max(needed, kept);
    if (needed >= most) return most;
  }
  return needed;
}

/** Made once for each count of decimals: making one takes longer than a hundred figures written with it. */
function formatOf(least: number, most: number): Intl.NumberFormat {
  const key = least * 100 + most;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat('en-GB', { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  return format;
}

function minus(text: string): string {
  return text.replaceAll('-', '−');
}

function round(value: number): string {
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0);
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${count(big)} ${bigUnit}` : `${count(big)} ${bigUnit} ${small} ${smallUnit}`;
}

function toDate(at: Maybe<string | number | Date>): Date | null {
  if (at === null || at === undefined || at === '') return null;
  const date = at instanceof Date ? at : new Date(at);
  return Number.isNaN(date.getTime()) ? null : date;
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
