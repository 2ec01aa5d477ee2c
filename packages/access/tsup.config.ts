import { defineConfig } from 'tsup'
import { library } from '../../tools/build/library.ts'

export default defineConfig(
  library(['src/index.ts', 'src/audit/index.ts', 'src/guard/index.ts', 'src/quotas/index.ts']),
)
