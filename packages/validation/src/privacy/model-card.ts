/** A model card as its sections: what stands under each heading, and the keys of its front matter. */
export interface ModelCard {
  /** Top-level keys of the YAML front matter that carry a value, lower case. */
  readonly keys: readonly string[]
  readonly sections: readonly { readonly heading: string; readonly text: string }[]
}

/** The names a model card goes by; a package may hold several, which count together. Hugging Face's is README.md. */
export const modelCardNames = ['MODEL_CARD.md', 'model_card.md', 'README.md'] as const

/** A longer card is cut here: no honest one is larger, and every statement is looked for line by line (CWE-770). */
const maximumCardLength = 1 << 20

/** Fillers that templates leave behind; a statement made of them says nothing. */
const filler = /\[?more information needed\]?|\b(todo|tbd|n\/a|fixme|lorem ipsum)\b/gi

const frontMatterKeys = (lines: readonly string[]): string[] =>
  lines.flatMap((line, index) => {
    const key = /^([A-Za-z][\w-]*):(.*)$/.exec(line)
    if (key?.[1] === undefined) return []
    const isNested = /^(\s+\S|- )/.test(lines[index + 1] ?? '')
    const value = key[2]?.replace(filler, '').trim()
    return value !== '' || isNested ? [key[1].toLowerCase()] : []
  })

/** A line without its comments. Part by part: one expression would take quadratic time on `<!--<!--…` (CWE-1333). */
const withoutComments = (line: string): string => {
  let kept = ''
  for (let from = 0; ; ) {
    const start = line.indexOf('<!--', from)
    const end = start < 0 ? -1 : line.indexOf('-->', start + 4)
    if (end < 0) return kept + line.slice(from)
    kept += line.slice(from, start)
    from = end + 3
  }
}

/**
 * Reads a model card: Markdown with an optional YAML front matter, of which only the top-level keys are read. Headings
 * inside fenced code are text.
 */
export const parseModelCard = (markdown: string): ModelCard => {
  const lines = markdown.slice(0, maximumCardLength).split(/\r?\n/)
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1
  const sections: { heading: string; text: string }[] = []
  let isFenced = false
  for (const line of lines.slice(end + 1)) {
    if (/^\s{0,3}(```|~~~)/.test(line)) isFenced = !isFenced
    const heading = isFenced ? undefined : /^#{1,6}\s(.*)$/.exec(line)?.[1]
    if (heading !== undefined) sections.push({ heading, text: '' })
    else {
      const section = sections.at(-1)
      if (section !== undefined) section.text += `${withoutComments(line).replace(filler, '')}\n`
    }
  }
  return { keys: end > 0 ? frontMatterKeys(lines.slice(1, end)) : [], sections }
}
