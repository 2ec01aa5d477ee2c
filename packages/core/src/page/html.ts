/** Text that is safe to stand in a page: made only by {@link html}, so nothing reaches a page unescaped. */
export class Html {
  readonly text: string

  /** @internal */
  constructor(text: string) {
    this.text = text
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

// Control characters have no meaning in HTML, and the bidirectional ones reorder what a reader sees (CVE-2021-42574).
const invisible = /(?![\t\n\r])[\p{Cc}\p{Bidi_Control}]/gu

/** What may stand in a template: text is escaped, {@link Html} is kept, lists are joined, nothing is left out. */
export type HtmlValue = Html | string | number | undefined | readonly HtmlValue[]

const escapeText = (value: string): string =>
  value.replace(invisible, '\uFFFD').replace(/[&<>"']/g, (character) => entities[character] as string)

const render = (value: HtmlValue): string => {
  if (value === undefined) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(render).join('')
  return escapeText(String(value))
}

/**
 * HTML or SVG with every value escaped, for element content and quoted attributes.
 *
 * @example
 * ```ts
 * html`<p title="${'"'}">${'<script>'}</p>`.text // '<p title="&quot;">&lt;script&gt;</p>'
 * ```
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings.map((string, index) => string + (index < values.length ? render(values[index]) : '')).join(''))
