/** A metric as a scraper reads it: type, help and samples by `name{labels}`. */
export interface ParsedExposition {
  readonly types: Map<string, string>
  readonly helps: Map<string, string>
  readonly samples: { readonly name: string; readonly labels: Record<string, string>; readonly value: number }[]
}

const readEscapes = (text: string): string => text.replaceAll(/\\(.)/g, (_, next) => (next === 'n' ? '\n' : next))

/** A strict reader of Prometheus text 0.0.4, written from the format's description; throws at the first odd line. */
export const parseExposition = (text: string): ParsedExposition => {
  const parsed: ParsedExposition = { types: new Map(), helps: new Map(), samples: [] }
  if (!text.endsWith('\n')) throw new Error('expected a line feed at the end')
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line)
    if (comment !== null) {
      const [, keyword, name, rest] = comment as unknown as [string, string, string, string]
      const target = keyword === 'HELP' ? parsed.helps : parsed.types
      if (target.has(name)) throw new Error(`second ${keyword} of ${name}`)
      target.set(name, readEscapes(rest))
      continue
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s.exec(line)
    if (sample === null) throw new Error(`expected a sample, got ${JSON.stringify(line)}`)
    const [, name, inside = '', value] = sample as unknown as [string, string, string | undefined, string]
    const labels: Record<string, string> = {}
    let rest = inside
    while (rest !== '') {
      const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest)
      if (label === null) throw new Error(`expected a label, got ${JSON.stringify(rest)}`)
      const [all, key, quoted] = label as unknown as [string, string, string]
      if (Object.hasOwn(labels, key)) throw new Error(`second label ${key}`)
      Object.defineProperty(labels, key, { value: readEscapes(quoted), enumerable: true })
      rest = rest.slice(all.length)
    }
    parsed.samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) })
  }
  return parsed
}
