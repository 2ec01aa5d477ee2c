import { corruptionTable, type TextCorruption } from '../corruption-description.ts'
import { mistype, swapCase, swapHomoglyphs, swapSpaces } from './misspellings.ts'

const facts = {
  modality: 'text',
  isSeeded: true,
  isInMean: true,
  parameters: ['share of the characters'],
  severities: [[0.02], [0.05], [0.1], [0.15], [0.25]],
} as const

/** The corruptions of text, by name. */
export const textCorruptions = corruptionTable<TextCorruption>()({
  typos: {
    ...facts,
    title: 'Typing errors',
    reference: 'arXiv 1711.02173',
    apply: (text, [share = 0], random) => mistype(text, share, random),
  },
  case: {
    ...facts,
    title: 'Upper and lower case',
    reference: 'arXiv 2005.04118',
    apply: (text, [share = 0], random) => swapCase(text, share, random),
  },
  homoglyphs: {
    ...facts,
    title: 'Letters that look alike',
    reference: 'arXiv 2106.09898; Unicode Technical Standard 39',
    apply: (text, [share = 0], random) => swapHomoglyphs(text, share, random),
  },
  spaces: {
    ...facts,
    title: 'Lost and added spaces',
    reference: 'arXiv 2005.04118',
    apply: (text, [share = 0], random) => swapSpaces(text, share, random),
  },
})
