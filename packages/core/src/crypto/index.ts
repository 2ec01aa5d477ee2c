export { type OpenOptions, openFloe, openFloeStream } from './floe-open.ts'
export { type SealOptions, sealFloe, sealFloeStream } from './floe-seal.ts'
export { type DataKeyName, type KeyStore, openKeyStore } from './key-store.ts'
