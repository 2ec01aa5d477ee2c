import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { type Html, type HtmlValue, html } from './html.ts'

const width = 520
const height = 300
const margin = { top: 34, right: 18, bottom: 48, left: 56 }

/** One axis: its label with the unit, and its range where the data should not decide it. */
export interface Axis {
  readonly label: string
  readonly range?: readonly [number, number]
  /** @defaultValue linear; a logarithmic axis leaves out what is not above zero. */
  readonly scale?: 'linear' | 'logarithmic'
}

/** One line of a {@link lineChart}. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

type Scale = ReturnType<typeof scaleLinear<number, number>> | ReturnType<typeof scaleLog<number, number>>

// The second and third line differ by dash too, for readers who do not see the colours apart.
const dashes = ['none', '7 4', '2 4']

const extent = (values: readonly number[], axis: Axis): [number, number] => {
  if (axis.range) return [...axis.range]
  const finite = values.filter((value) => Number.isFinite(value) && (axis.scale !== 'logarithmic' || value > 0))
  const low = Math.min(...finite)
  const high = Math.max(...finite)
  if (finite.length === 0) return axis.scale === 'logarithmic' ? [1, 10] : [0, 1]
  if (low < high) return [low, high]
  return axis.scale === 'logarithmic' ? [low / 2, high * 2] : [low - 0.5, high + 0.5]
}

const scaleOf = (values: readonly number[], axis: Axis, range: [number, number]): Scale =>
  (axis.scale === 'logarithmic' ? scaleLog : scaleLinear)(extent(values, axis), range)
const horizontal = (values: readonly number[], axis: Axis): Scale =>
  scaleOf(values, axis, [margin.left, width - margin.right])
const vertical = (values: readonly number[], axis: Axis): Scale =>
  scaleOf(values, axis, [height - margin.bottom, margin.top])

const fixed = (value: number): string => value.toFixed(1)

const frame = (x: Scale, y: Scale, xAxis: Axis, yAxis: Axis): HtmlValue => [
  y
    .ticks(5)
    .map((tick) => [
      html`<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${fixed(y(tick))}" y2="${fixed(y(tick))}"/>`,
      html`<text class="tick" x="${margin.left - 8}" y="${fixed(y(tick) + 4)}" text-anchor="end">${y.tickFormat(5)(tick)}</text>`,
    ]),
  x
    .ticks(6)
    .map(
      (tick) =>
        html`<text class="tick" x="${fixed(x(tick))}" y="${height - margin.bottom + 18}" text-anchor="middle">${x.tickFormat(6)(tick)}</text>`,
    ),
  html`<text class="label" x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">${xAxis.label}</text>`,
  html`<text class="label" x="${margin.left}" y="16">${yAxis.label}</text>`,
]

const figure = (title: string, description: string, drawing: HtmlValue): Html => html`<figure>
<figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. ${description}">${drawing}</svg>
</figure>`

/**
 * A line chart as static SVG. Points that are not finite are left out.
 *
 * @example
 * ```ts
 * lineChart({ title: 'Accuracy', x: { label: 'epsilon' }, y: { label: 'share' }, series: [{ name: 'PGD', points: [[0, 1]] }] })
 * ```
 */
export const lineChart = (chart: { title: string; x: Axis; y: Axis; series: readonly Series[] }): Html => {
  const points = chart.series.flatMap((series) => series.points)
  const x = horizontal(
    points.map(([value]) => value),
    chart.x,
  )
  const y = vertical(
    points.map(([, value]) => value),
    chart.y,
  )
  const path = line<readonly [number, number]>(
    ([value]) => x(value),
    ([, value]) => y(value),
  )
    .defined((point) => point.every(Number.isFinite))
    .digits(1)
  const description = chart.series.map(({ name, points: [first, ...rest] }) =>
    first ? `${name}: from ${first[1].toFixed(3)} to ${(rest.at(-1) ?? first)[1].toFixed(3)}` : `${name}: no data`,
  )
  return figure(chart.title, description.join('; '), [
    frame(x, y, chart.x, chart.y),
    chart.series.map((series, index) => {
      const colour = `var(--series-${(index % 3) + 1})`
      const dash = dashes[index % 3]
      const keyX = width - margin.right - 132
      const keyY = margin.top + 8 + index * 18
      return [
        html`<path class="series" stroke="${colour}" stroke-dasharray="${dash}" d="${path(series.points) ?? ''}"/>`,
        series.points
          .filter((point) => point.every(Number.isFinite))
          .map(
            ([pointX, pointY]) =>
              html`<circle r="3" fill="${colour}" cx="${fixed(x(pointX))}" cy="${fixed(y(pointY))}"/>`,
          ),
        html`<line class="series" stroke="${colour}" stroke-dasharray="${dash}" x1="${keyX}" x2="${keyX + 24}" y1="${keyY}" y2="${keyY}"/>`,
        html`<text class="label" x="${keyX + 30}" y="${keyY + 4}">${series.name}</text>`,
      ]
    }),
  ])
}

/** One bar of a {@link histogramChart}: how many values fell in [from, to). */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** A histogram as static SVG, with an optional threshold line. */
export const histogramChart = (chart: {
  title: string
  x: Axis
  y: Axis
  bins: readonly Bin[]
  threshold?: { value: number; label: string }
}): Html => {
  const edges = chart.bins.flatMap(({ from, to }) => [from, to])
  const x = horizontal(chart.threshold ? [...edges, chart.threshold.value] : edges, chart.x)
  const y = vertical([0, ...chart.bins.map(({ count }) => count)], chart.y)
  const total = chart.bins.reduce((sum, { count }) => sum + count, 0)
  return figure(chart.title, `${total} values in ${chart.bins.length} bars`, [
    frame(x, y, chart.x, chart.y),
    chart.bins.map(
      ({ from, to, count }) =>
        html`<rect class="bar" x="${fixed(x(from))}" width="${fixed(Math.max(1, x(to) - x(from) - 1))}" y="${fixed(y(count))}" height="${fixed(y(0) - y(count))}"/>`,
    ),
    chart.threshold &&
      html`<line class="threshold" x1="${fixed(x(chart.threshold.value))}" x2="${fixed(x(chart.threshold.value))}" y1="${margin.top}" y2="${height - margin.bottom}"/>
<text class="label" text-anchor="end" x="${fixed(x(chart.threshold.value) - 6)}" y="${margin.top + 12}">${chart.threshold.label}</text>`,
  ])
}
