import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RoomFixtures } from '../rules/fixture.ts'

/** Content above this takes longer to copy than to scan. */
const maximumSeedLength = 64 * 1024

/** The cases of every rule: each room's own near misses and attacks, which a mutation turns into others. */
export const readSeeds = async (): Promise<Uint8Array[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-seeds-'))
  const rooms = join(import.meta.dirname, '..', 'rules')
  const seeds: Uint8Array[] = []
  try {
    for (const file of readdirSync(rooms).filter((name) => name.endsWith('.fixtures.ts'))) {
      const { fixtures } = (await import(/* @vite-ignore */ join(rooms, file))) as { fixtures: RoomFixtures }
      for (const { positive, negative } of Object.values(fixtures)) {
        for (const fixture of [...Object.values(positive), ...Object.values(negative)]) {
          const content = fixture(mkdtempSync(join(directory, 'case-')))
          const bytes = typeof content === 'string' ? readFileSync(content) : content
          if (bytes.length > 0 && bytes.length <= maximumSeedLength) seeds.push(bytes)
        }
      }
    }
    return seeds
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
