import { codeDangers } from './dangerous-globals/code.ts'
import { reachDangers } from './dangerous-globals/files-and-network.ts'
import { libraryDangers } from './dangerous-globals/libraries.ts'
import { programDangers } from './dangerous-globals/programs.ts'
import type { DangerousGroup } from './globals.ts'

/** Names that are known to run programs, code, or imports, or to reach files and the network. */
export const dangerousGlobals: readonly DangerousGroup[] = [
  ...programDangers,
  ...codeDangers,
  ...reachDangers,
  ...libraryDangers,
]
