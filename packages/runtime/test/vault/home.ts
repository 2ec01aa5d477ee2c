import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ModelRef, modelDigest, sha256 } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { expect } from 'vitest'
import { openVault } from '../../src/vault/vault.ts'

/** A model in memory; its main file is the first unless another is named. */
export const contentOf = (
  files: Readonly<Record<string, string | Uint8Array>>,
  main = Object.keys(files)[0] as string,
) => ({
  main,
  files: Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content)
    return { path, digest: sha256(bytes), bytes }
  }),
})
type Content = ReturnType<typeof contentOf>

export const refOf = (content: Content, version = '1.0.0', name = 'digits'): ModelRef => ({
  name,
  version,
  digest: modelDigest(content.files),
})

/** What a typed error looks like to `toEqual`. */
export const code = (code: string) => expect.objectContaining({ code })

/** A home of its own for each test, with a vault and its keys. */
export const createHome = () => {
  const home = mkdtempSync(join(tmpdir(), 'nootropic-vault-'))
  const directory = join(home, 'models')
  const backups = join(home, 'snapshots', 'models')
  const openKeys = () => openKeyStore({ directory: join(home, 'keys') })
  return {
    home,
    directory,
    backups,
    openKeys,
    open: async (options: Partial<Parameters<typeof openVault>[0]> = {}) =>
      openVault({ directory, backups, keys: await openKeys(), ...options }),
    /** What is in the vault, without the lock's file, which stays. */
    names: () => readdirSync(directory).filter((name) => !name.startsWith('lock.')),
    /** A file of a sealed model. */
    place: (...parts: string[]) => join(directory, 'digits', '1.0.0', ...parts),
    /** A file of its backup. */
    backup: (...parts: string[]) => join(backups, 'digits', '1.0.0', ...parts),
    /** Writes a model to disk, in the clear. */
    write(files: Readonly<Record<string, string | Uint8Array>>, name = 'clear'): string {
      const source = join(home, name)
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(source, path)), { recursive: true })
        writeFileSync(join(source, path), content)
      }
      return source
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
