import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { describePolicyStore } from './policy-store.contract.ts'

describePolicyStore('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-policy-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'state.db')
})
