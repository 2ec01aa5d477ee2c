// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { estimatorsGlobals } from './allowed-globals/estimators.ts'
import { languageGlobals } from './allowed-globals/language.ts'
import { networksGlobals } from './allowed-globals/networks.ts'
import { numericGlobals } from './allowed-globals/numeric.ts'
import { othersGlobals } from './allowed-globals/others.ts'
import { standardLibraryGlobals } from './allowed-globals/standard-library.ts'
import { tablesGlobals } from './allowed-globals/tables.ts'
import { tensorsGlobals } from './allowed-globals/tensors.ts'
import type { AllowedGroup } from './globals.ts'

/**
 * Every name that may stand in a pickle. Each was seen in a pickle that a real library wrote, or read in its source when
 * the library begins with `reviewed:`; each was judged by what loading it runs (`tools/observe-pickles/review.py`).
 */
export const allowedGlobals: readonly AllowedGroup[] = [
  ...estimatorsGlobals,
  ...languageGlobals,
  ...networksGlobals,
  ...numericGlobals,
  ...othersGlobals,
  ...standardLibraryGlobals,
  ...tablesGlobals,
  ...tensorsGlobals,
]
