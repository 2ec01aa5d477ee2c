/** What signing and verification accept at most. */
export interface ProvenanceLimits {
  /** The signature file. */
  readonly bundleBytes: number
  /** Files, directories and shards of a model. */
  readonly entries: number
  /** Directories inside one another. */
  readonly depth: number
}

/** The limits where the caller names no others. */
export const provenanceLimits: ProvenanceLimits = {
  // 90,000 files with names of 40 letters; what is parsed of it takes some ten times as much memory (CWE-770).
  bundleBytes: 2 ** 24,
  // The largest published models have some thousand files; a shard of 1 GB each makes 100 TB (CWE-770).
  entries: 100_000,
  // Model directories have two or three levels; each costs a directory handle (CWE-674).
  depth: 32,
}

/** Certificates of one bundle: real chains have two or three; each costs a signature check (CWE-400). */
export const maximumChainLength = 10

/** One certificate: those with long lists of names have some ten kilobytes (CWE-770). */
export const maximumCertificateBytes = 2 ** 16

/** A payload as v0.2.0 signed it: 7,000 files. Its encoding can be four times as long, and is hashed twice a key (CWE-400). */
export const maximumLegacyPayloadBytes = 2 ** 20

/** Paths that a statement may ignore (CWE-770): each is compared with each file. */
export const maximumIgnoredPaths = 1000
