import { defineConfig } from 'tsup'
import { library } from '../../tools/build/library.ts'

export default defineConfig(
  library([
    'src/index.ts',
    'src/manifest/index.ts',
    'src/crypto/index.ts',
    'src/formats/index.ts',
    'src/storage/index.ts',
    'src/inference/index.ts',
    'src/page/index.ts',
  ]),
)
