import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { credentialContract } from './support/credential-contract.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-credentials-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

credentialContract(async () => join(directory, 'state.db'))
