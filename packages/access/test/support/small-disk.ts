import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A file system of its own, which a test may fill or set to read-only. */
export interface SmallDisk {
  readonly path: string
  /** Writes until nothing fits any more; returns the call that makes room again. */
  fill(): () => void
  setReadOnly(): void
}

const mount = (...parameters: string[]): void => {
  try {
    execFileSync('mount', parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    const found = (error as { stderr?: Buffer }).stderr?.toString().trim() || String(error)
    throw new Error(`EXPECTED TO MOUNT A tmpfs, FOUND: ${found}; RUN AS ROOT: this test needs a real full disk`)
  }
}

/** Mounts a small tmpfs until the test ends. Fails loudly where this user may not mount. */
export const mountSmallDisk = (kibibytes: number): SmallDisk => {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'nootropic-small-disk-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  mount('-t', 'tmpfs', '-o', `size=${kibibytes}k,mode=700`, 'tmpfs', path)
  // After what the test still has open there.
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  return {
    path,
    fill() {
      const filler = join(path, 'filler')
      const file = openSync(filler, 'w')
      try {
        for (;;) writeSync(file, Buffer.alloc(4096, 1))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
      return () => rmSync(filler)
    },
    setReadOnly: () => mount('-o', 'remount,ro', path),
  }
}
