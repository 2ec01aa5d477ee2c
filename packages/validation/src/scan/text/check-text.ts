import type { Inspection } from '../inspection.ts'
import { checkEncoded } from './encoded.ts'
import { hiddenCharacterIndicators } from './hidden-characters.ts'
import { excerpt, type Indicator, type TextPlace } from './indicator.ts'
import { networkIndicators } from './network.ts'
import { programIndicators } from './programs.ts'
import { secretIndicators } from './secrets.ts'

export type { TextPlace } from './indicator.ts'

const indicators = [...secretIndicators, ...programIndicators, ...networkIndicators, ...hiddenCharacterIndicators]

const byPlace = (place: TextPlace): readonly Indicator[] => indicators.filter(({ places }) => places.includes(place))
const indicatorsOf: Readonly<Record<TextPlace, readonly Indicator[]>> = {
  prose: byPlace('prose'),
  configuration: byPlace('configuration'),
  metadata: byPlace('metadata'),
}

/** Matches of one indicator in one text: the first few prove it (CWE-770). */
const maximumMatches = 10

/** No indicator and no encoded program is shorter. */
const shortestText = 6

/**
 * What each indicator needs at least: a sign beyond words and commas, a long run, the dot of a host, or one of the words
 * of a command. Most texts of a model have none of it, and are done with by this one search.
 */
const mayHold =
  /[^\w\s,.'-]|[\w-]{16}|__|\.[a-z]|(?<!\w)(?:import|rm|nc|ncat|netcat|powershell|iex|invoke|ignore|disregard|forget|override)(?!\w)/i

/**
 * Looks for secrets, scripts, code, hidden characters and network addresses in a text out of a file, in linear time.
 *
 * @param inside where in the content the text stands, as a finding shall show it.
 */
export const checkText = (text: string, place: TextPlace, inspection: Inspection, inside?: string): void => {
  if (text.length < shortestText || !mayHold.test(text)) return
  for (const indicator of indicatorsOf[place]) {
    // A search is cheaper than an iterator, and nearly every text has nothing to find.
    if (text.search(indicator.pattern) < 0) continue
    let count = 0
    for (const match of text.matchAll(indicator.pattern)) {
      if (indicator.isMeant?.(match) === false) continue
      const found = indicator.shown?.(match) ?? excerpt(match[0])
      inspection.report({
        rule: indicator.rule,
        message: `expected text that only describes, found ${indicator.what}: ${found}`,
        inside,
        evidence: { found },
      })
      count += 1
      if (count === maximumMatches) break
    }
  }
  inspection.budget.checkTime()
  if (place !== 'prose') checkEncoded(text, inspection, inside)
}
