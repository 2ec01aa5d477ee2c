export {
  type Claim,
  claimSchema,
  createClaim,
  type EmbeddedClaim,
  type Placement,
  type WatermarkRecord,
} from './claim.ts'
export { type Embedding, type EmbedOptions, embedWatermark } from './embed.ts'
export { type Extraction, extractWatermark } from './extract.ts'
export { type Comparison, compareFingerprints } from './fingerprint/compare.ts'
export {
  type Fingerprint,
  type FingerprintFeature,
  type FingerprintOptions,
  fingerprintFeatures,
  fingerprintModel,
  fingerprintSchema,
} from './fingerprint/fingerprint.ts'
