import { expect, test } from 'vitest'
import { defaultPhoneRegions } from '../../src/guards/personal-data/numbering-plans.ts'
import { scanText } from '../../src/guards/personal-data/scan.ts'
import { createScanner } from '../../src/guards/personal-data/scanner.ts'
import { readPlainText } from '../../src/guards/plain-text.ts'
import { scanSecrets } from '../../src/guards/secrets/find-secrets.ts'
import { adversarialPieces, adversarialText } from './adversarial-texts.ts'

const scanner = createScanner(undefined, defaultPhoneRegions)

/** Counted, not timed: words followed, hits looked at, windows shown, check digits computed. */
const works = {
  'personal data': (text: string): number => {
    const work = { steps: 0 }
    scanText(scanner, readPlainText(text).text, 0, work)
    return work.steps
  },
  secrets: (text: string): number => {
    const work = { steps: 0 }
    scanSecrets(readPlainText(text).text, work)
    return work.steps
  },
}

// For each character of the worst text: the words of a context window, or a window of a rule.
const mostStepsPerCharacter = 24

const cases = Object.entries(works).flatMap(([guard, work]) =>
  Object.entries(adversarialPieces).map(([name, piece]) => ({ guard, work, name, piece })),
)

test.each(cases)('$guard: the work grows as the text does on $name', ({ work, piece }) => {
  const length = 8000
  const [once, twice] = [work(adversarialText(piece, length)), work(adversarialText(piece, 2 * length))]
  expect(twice).toBeLessThanOrEqual(2.1 * once + 2000)
  expect(twice / (2 * length)).toBeLessThanOrEqual(mostStepsPerCharacter)
})
