import type { CryptoEngine } from './engine.ts'

/**
 * Loads the second engine: audited JavaScript (noble) in place of OpenSSL, where `node:crypto` must not be relied on, and
 * to compare the two. Nothing of it is loaded before.
 *
 * @example
 * ```ts
 * const engine = await loadPortableEngine()
 * const sealed = sealFloe(key, content, { associatedData, engine })
 * ```
 */
export const loadPortableEngine = async (): Promise<CryptoEngine> => (await import('./portable.ts')).portableEngine
