import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { badConditionsContract } from './support/bad-conditions-contract.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-bad-conditions-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

badConditionsContract(async () => join(directory, 'state.db'))
