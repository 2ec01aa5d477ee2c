import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { type Entry, placeOf } from './walk.ts'

// Controls and format characters; joiners are part of words in Persian and of emoji, and hide nothing there.
const hidden = /(?![\t\n\r\u00AD\u200C\u200D])[\p{Cc}\p{Cf}]/u

/** Looks at a key itself. */
export const checkKey = ({ key, path, isData }: Entry, inspection: Inspection): void => {
  const isPrototype = key === '__proto__' || (key === 'prototype' && path.at(-2) === 'constructor')
  if (isPrototype) {
    inspection.report({
      rule: configurationRules['prototype-key'],
      message: `expected names of settings, found the key ${key}`,
      inside: placeOf(path),
      evidence: { key },
    })
  }
  // A key of nothing but such characters is a table of them.
  if (isData || !hidden.test(key) || !/[\p{L}\p{N}]/u.test(key)) return
  inspection.report({
    rule: configurationRules['deceptive-key'],
    message: `expected a key of characters that are seen, found ${JSON.stringify(printable(key))}`,
    inside: placeOf(path),
    evidence: { key: JSON.stringify(key.slice(0, 100)) },
  })
}
