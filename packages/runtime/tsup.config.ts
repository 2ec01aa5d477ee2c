import { defineConfig } from 'tsup'
import { library, program } from '../../tools/build/library.ts'

export default defineConfig([
  library(['src/index.ts', 'src/sandbox/index.ts', 'src/guards/index.ts']),
  program({ worker: 'src/worker/main.ts' }),
  program({ launcher: 'src/launcher/main.ts' }),
])
