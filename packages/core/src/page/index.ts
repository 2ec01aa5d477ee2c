export { type Axis, type Bin, histogramChart, lineChart, type Series } from './chart.ts'
export { Html, type HtmlValue, html } from './html.ts'
export { type Column, page, table } from './page.ts'
