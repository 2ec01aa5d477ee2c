import { type CryptoEngine, loadPortableEngine, nodeEngine } from '../../src/crypto/index.ts'

/** Both engines by name, for `test.each`. */
export const engines: [name: string, engine: CryptoEngine][] = [nodeEngine, await loadPortableEngine()].map(
  (engine) => [engine.name, engine],
)
