import { type Html, html } from '@nootropic/core/page'

const cellHeight = 22
const nameWidth = 150
const cellWidth = 62
const headHeight = 40

/** A table of shares, each cell the darker the less is left. */
export interface HeatMap {
  readonly title: string
  /** What the columns are: `severity`. */
  readonly columns: string
  readonly heads: readonly (string | number)[]
  readonly rows: readonly { readonly name: string; readonly shares: readonly (number | undefined)[] }[]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

const cell = (share: number | undefined, x: number, y: number): Html => {
  const isKnown = share !== undefined && Number.isFinite(share)
  const text = html`<text class="label" x="${x + cellWidth / 2}" y="${y + 15}" text-anchor="middle">${isKnown ? percent(share) : '–'}</text>`
  if (!isKnown) return text
  const lost = Math.min(1, Math.max(0, 1 - share))
  // At most so opaque that ink stays readable on it, light and dark.
  return html`<rect x="${x + 1}" y="${y + 1}" width="${cellWidth - 2}" height="${cellHeight - 2}" rx="3" fill="var(--fail)" fill-opacity="${(0.55 * lost).toFixed(3)}"/>${text}`
}

/** The map as static SVG; every cell also says its number, for readers who do not see the colours apart. */
export const drawHeatMap = ({ title, columns, heads, rows }: HeatMap): Html => {
  const width = nameWidth + cellWidth * heads.length
  const height = headHeight + cellHeight * rows.length
  return html`<figure>
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" style="max-width: ${width * 1.25}px">
<text class="label" x="${nameWidth}" y="13">${columns}</text>
${heads.map(
  (head, index) =>
    html`<text class="tick" x="${nameWidth + (index + 0.5) * cellWidth}" y="32" text-anchor="middle">${head}</text>`,
)}
${rows.map(({ name, shares }, row) => [
  html`<text class="label" x="${nameWidth - 8}" y="${headHeight + row * cellHeight + 15}" text-anchor="end">${name}</text>`,
  heads.map((_, index) => cell(shares[index], nameWidth + index * cellWidth, headHeight + row * cellHeight)),
])}
</svg>
</figure>`
}
