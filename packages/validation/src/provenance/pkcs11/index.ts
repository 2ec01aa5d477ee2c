export { openPkcs11Signer, type Pkcs11Signer, type Pkcs11SignerOptions } from './open-signer.ts'
export { type Pkcs11KeyReference, parsePkcs11Uri } from './pkcs11-uri.ts'
