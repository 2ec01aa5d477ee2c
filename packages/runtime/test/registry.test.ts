import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { registryContract } from './registry-contract.ts'

const home = mkdtempSync(join(tmpdir(), 'nootropic-registry-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let databases = 0

registryContract(async () => {
  databases += 1
  return join(home, `${databases}.db`)
})
