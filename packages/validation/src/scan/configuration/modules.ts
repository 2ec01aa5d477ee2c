import type { Inspection } from '../inspection.ts'
import { configurationRules } from './rules.ts'
import { checkTarget } from './targets.ts'
import { type Entry, placeOf } from './walk.ts'

/** Reports a module that a loader imports by its name, unless it is of a model library. */
export const checkImportedModule = ({ value, path }: Entry, inspection: Inspection): void => {
  if (typeof value !== 'string') return
  // A module of the repository has no dot; it is imported all the same.
  const name = value.includes('.') ? value : `${value}.__init__`
  checkTarget(name, placeOf(path), inspection, configurationRules['imported-module'])
}
