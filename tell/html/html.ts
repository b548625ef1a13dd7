import { html as template } from 'htm/preact';
import type { VNode } from 'preact';

/** Markup as tagged templates: text in it is escaped by whoever renders it. */
export const html = template as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

/** `2026-03-02 03:14Z`, of ISO 8601. */
export const minute = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}Z`;
/** `2026-03-02 03:14:07Z`. */
export const second = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;

export const grouped = (count: number): string => count.toLocaleString('en-GB');
export const counted = (count: number, noun: string): string =>
  `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

/** Severity by shape as well as by word and colour. */
export const MARKS: Readonly<Record<string, string>> = { critical: '◆', high: '▲', medium: '●', low: '○' };

export const badge = (severity: string): VNode =>
  html`<span class=${`badge ${severity}`}><span aria-hidden="true">${MARKS[severity] ?? ''} </span>${severity.toUpperCase()}</span>`;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How ticks of a span of time are written: days where it is longer than three of them, else with the hour; UTC, 24 hours. */
export function tickOf(first: number, last: number): (tick: Date) => string {
  const days = last - first > 3 * 86_400_000;
  return (tick) => {
    const day = `${tick.getUTCDate()} ${MONTHS[tick.getUTCMonth()]}`;
    const time = tick.toISOString().slice(11, last - first < 300_000 ? 19 : 16);
    return days ? day : `${day} ${time}`;
  };
}
