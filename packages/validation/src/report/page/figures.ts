import type { Verdict } from '@nootropic/core'
import { type Html, html } from '@nootropic/core/page'

/** A verdict in its colour. */
export const verdictText = (verdict: Verdict): Html => html`<span class="${verdict}">${verdict}</span>`

/** A share of 1 as a percentage. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))}\u00a0%`

/** A figure with as many digits as mean anything. */
export const figure = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))

/** Milliseconds, for people. */
export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0s`
