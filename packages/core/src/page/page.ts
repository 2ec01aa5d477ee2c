import { type Html, type HtmlValue, html } from './html.ts'
import { style } from './style.ts'

/**
 * A whole page in one file: no script, no external request, and a Content Security Policy that forbids both, so that a
 * hostile name in a report can do nothing even if an escape were missed.
 */
export const page = (content: { title: string; body: HtmlValue }): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${content.title}</title>
<style>${style}</style>
</head>
<body>
${content.body}
</body>
</html>
`.text

/** A column of a {@link table}. */
export interface Column {
  readonly title: string
  /** Numbers stand to the right. */
  readonly number?: boolean
}

/** A table; the cells of a row stand in the order of the columns. */
export const table = (columns: readonly Column[], rows: readonly (readonly HtmlValue[])[]): Html => {
  const className = (index: number): string => (columns[index]?.number ? 'number' : 'text')
  return html`<div class="scroll"><table>
<thead><tr>${columns.map((column, index) => html`<th class="${className(index)}">${column.title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => html`<td class="${className(index)}">${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`
}
