import { defineConfig } from 'tsup'
import { library } from '../../tools/build/library.ts'

export default defineConfig(
  library([
    'src/index.ts',
    'src/scan/index.ts',
    'src/scan/scan-worker.ts',
    'src/scan/decoder-worker.ts',
    'src/scan/digest-worker.ts',
    'src/gradient/index.ts',
  ]),
)
