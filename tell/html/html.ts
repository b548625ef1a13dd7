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
