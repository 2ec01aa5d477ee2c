import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fixture } from '../rules/fixture.ts'

/** The content as a file of this name. */
export const writtenAs =
  (name: string, content: Uint8Array): Fixture =>
  (directory) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
