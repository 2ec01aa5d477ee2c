import { defineConfig } from 'tsup'
import { library, program } from '../../tools/build/library.ts'

export default defineConfig([
  library([
    'src/index.ts',
    'src/scan/index.ts',
    'src/scan/scan-worker.ts',
    'src/scan/decoder-worker.ts',
    'src/gradient/index.ts',
    'src/behaviour/index.ts',
    'src/data/index.ts',
    'src/privacy/index.ts',
    'src/provenance/index.ts',
    'src/provenance/keyless/index.ts',
    'src/provenance/pkcs11/index.ts',
    'src/sbom/index.ts',
  ]),
  // By itself: a thread that only hashes loads nothing of the library.
  program({ 'provenance/hash-worker': 'src/provenance/hash-worker.ts' }),
])
