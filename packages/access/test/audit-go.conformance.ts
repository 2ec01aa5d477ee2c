import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openAuditLog } from '../src/audit/log.ts'
import { tilePath } from '../src/audit/tile-layout.ts'
import { entry, flipped, newDirectory, origin, signingKey, temporaryDirectory } from './support/audit.ts'

// Issue 7 asks for a million.
const entries = 1_000_000
const callers = 4096
const longestMilliseconds = 20 * 60_000

const goPath = '/usr/share/gocode'

/** Builds the verifier from Debian's Go and its x/mod, without a network. */
const buildVerifier = (): string => {
  if (!existsSync(join(goPath, 'src/golang.org/x/mod/sumdb/tlog'))) {
    throw new Error('expected golang.org/x/mod for Go; run: apt-get install golang-go golang-golang-x-mod-dev')
  }
  const folder = temporaryDirectory()
  const source = fileURLToPath(new URL('../../../tools/audit-verifier/main.go', import.meta.url))
  const program = join(folder, 'verify')
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOCACHE: join(folder, 'cache'), GOFLAGS: '' }
  execFileSync('go', ['build', '-o', program, source], { env })
  return program
}

test(
  'a log of a million entries is verified by golang.org/x/mod/sumdb, and changed in any part it is not',
  async () => {
    const program = buildVerifier()
    const directory = newDirectory()
    const log = await openAuditLog({ directory, signingKey, origin })
    for (let number = 0; number < entries; number += callers) {
      const count = Math.min(callers, entries - number)
      await Promise.all(Array.from({ length: count }, (_, index) => log.append(entry(number + index))))
    }
    await log.close()
    const verify = (): Promise<string> =>
      new Promise((resolve) => {
        execFile(program, [directory, log.verifierKey], (error, output, said) =>
          resolve(error === null ? output.trim() : `refused: ${said}`),
        )
      })
    expect(await verify()).toBe(String(entries))
    const places = ['checkpoint', tilePath('entries', 1234), tilePath(0, 3000), tilePath(1, 7), tilePath(2, 0, 15)]
    for (const path of places) {
      const file = join(directory, path)
      const bytes = readFileSync(file)
      writeFileSync(file, flipped(Buffer.from(bytes), bytes.length >> 1, 1))
      expect(await verify(), path).toMatch(/^refused: /)
      writeFileSync(file, bytes)
    }
    const note = readFileSync(join(directory, 'checkpoint'), 'utf8')
    writeFileSync(join(directory, 'checkpoint'), note.replace(`\n${entries}\n`, `\n${entries - 1}\n`))
    expect(await verify()).toMatch(/^refused: /)
  },
  longestMilliseconds,
)
