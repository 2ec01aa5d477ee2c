import type { Format } from '../format.ts'
import { interpreterOf, programHeaderLength, recogniseProgram } from './program-header.ts'
import { embeddedRules } from './rules.ts'

/** Programs, which the sweep finds and reports wherever they are, and scripts. */
export const programFormats: readonly Format[] = [
  {
    name: 'program',
    title: 'a program',
    recognise: ({ head }) =>
      recogniseProgram(head.subarray(0, programHeaderLength)) === undefined ? undefined : 'certain',
    inspect(content, inspection) {
      const kind = recogniseProgram(content.read(0, programHeaderLength))
      if (kind !== undefined) inspection.refine(kind.toLowerCase().replaceAll(' ', '-'))
    },
  },
  {
    name: 'script',
    title: 'a script',
    recognise: ({ head }) => (interpreterOf(head) === undefined ? undefined : 'likely'),
    inspect(content, inspection) {
      const interpreter = interpreterOf(content.read(0, programHeaderLength))
      inspection.report({
        rule: embeddedRules.script,
        message: `expected a model or its documentation, found a script for ${interpreter}`,
        offset: 0,
      })
    },
  },
]
