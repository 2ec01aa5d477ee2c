import { join } from 'node:path'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { describePolicyStore } from './policy-store.contract.ts'

// In processes of their own, and on PostgreSQL: policy-store.conformance.ts.
describePolicyStore('SQLite', async () => join(temporaryDirectory(), 'state.db'))
